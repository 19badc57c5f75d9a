// Answers the router's challenge: it gets the MD5 of its own number, the password and its challenge, never the password.
(function () {
  "use strict";
  function bytes(text) {
    return Array.prototype.map.call(text, function (c) { return c.charCodeAt(0) & 255; });
  }
  // Routers write bytes as \ooo.
  function unescapeOctal(text) {
    return text.replace(/\\([0-7]{3})/g, function (all, octal) { return String.fromCharCode(parseInt(octal, 8)); });
  }
  function md5(data) {
    var s = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21], k = [], i;
    for (i = 0; i < 64; i += 1) { k[i] = Math.floor(Math.abs(Math.sin(i + 1)) * 4294967296) | 0; }
    var state = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476], length = data.length * 8;
    data = data.concat([128]);
    while (data.length % 64 !== 56) { data.push(0); }
    for (i = 0; i < 8; i += 1) { data.push(i < 4 ? (length >>> (8 * i)) & 255 : 0); }
    for (var at = 0; at < data.length; at += 64) {
      var a = state[0], b = state[1], c = state[2], d = state[3];
      for (i = 0; i < 64; i += 1) {
        var round = i >> 4, f, g;
        if (round === 0) { f = (b & c) | (~b & d); g = i; }
        else if (round === 1) { f = (d & b) | (~d & c); g = (5 * i + 1) % 16; }
        else if (round === 2) { f = b ^ c ^ d; g = (3 * i + 5) % 16; }
        else { f = c ^ (b | ~d); g = (7 * i) % 16; }
        var word = data[at + g * 4] | (data[at + g * 4 + 1] << 8) | (data[at + g * 4 + 2] << 16) | (data[at + g * 4 + 3] << 24);
        var sum = (a + f + k[i] + word) | 0, turn = s[round * 4 + (i % 4)];
        a = d; d = c; c = b; b = (b + ((sum << turn) | (sum >>> (32 - turn)))) | 0;
      }
      state = [(state[0] + a) | 0, (state[1] + b) | 0, (state[2] + c) | 0, (state[3] + d) | 0];
    }
    return state.map(function (word) {
      return [0, 8, 16, 24].map(function (shift) { return ("0" + ((word >>> shift) & 255).toString(16)).slice(-2); }).join("");
    }).join("");
  }
  var form = document.getElementById("login");
  function answer() {
    var password = form.elements.password, chap = unescapeOctal(form.dataset.chapId), challenge = unescapeOctal(form.dataset.chapChallenge);
    password.value = md5(bytes(chap + unescape(encodeURIComponent(password.value)) + challenge));
  }
  form.addEventListener("submit", answer);
  // A code that was typed before goes on by itself.
  if (form.getAttribute("data-go") && !form.querySelector("input[type=checkbox]")) {
    answer();
    form.submit();
  }
}());

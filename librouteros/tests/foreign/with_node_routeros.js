// Drives a simulated router with npm node-routeros. Arguments: port, `empty` when the router says !empty, as from 7.18 on.
const assert = require('assert');
const { RouterOSAPI } = require('node-routeros');

// The client breaks off at !empty: whoever uses it with new routers has taught it to wait for the !done that follows.
let taught = 0;
if (process.argv[3] === 'empty') {
    const { Channel } = require('node-routeros/dist/Channel');
    const process = Channel.prototype.processPacket;
    Channel.prototype.processPacket = function (packet) {
        if (packet[0] !== '!empty') return process.call(this, packet);
        taught += 1;
        return undefined;
    };
}

const dial = (password) => new RouterOSAPI({ host: '127.0.0.1', port: Number(process.argv[2]), user: 'admin', password, timeout: 5 });

async function main() {
    await assert.rejects(dial('wrong').connect());
    const api = dial('secret');
    await api.connect();
    assert.deepStrictEqual(await api.write('/ppp/secret/print'), []);
    const [made] = await api.write('/ppp/secret/add', ['=name=ana', '=comment=x']);
    assert.match(made.ret, /^\*[0-9A-F]+$/);
    await assert.rejects(api.write('/ppp/secret/add', ['=name=ana']), /secret with the same name already exists/);
    const all = await Promise.all([
        api.write('/ip/pool/print'),
        api.write('/system/identity/print'),
        api.write('/ppp/secret/print', ['?name=ana', '=.proplist=name,profile']),
    ]);
    assert.deepStrictEqual(all.map((rows) => rows.length), [3, 1, 1]);
    assert.deepStrictEqual(all[2], [{ name: 'ana', profile: 'default' }]);

    // A stream, seen to change, then cancelled.
    const changed = new Promise((resolve, reject) => {
        const stream = api.stream(['/ppp/secret/listen'], (error, row) => {
            if (error) return reject(error);
            return resolve(stream.stop().then(() => row));
        });
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await api.write('/ppp/secret/set', ['=.id=' + made.ret, '=comment=y']);
    const row = await changed;
    assert.strictEqual((Array.isArray(row) ? row[0] : row).comment, 'y');

    await api.write('/ppp/secret/remove', ['=.id=' + made.ret]);
    assert.deepStrictEqual(await api.write('/ppp/secret/print'), []);
    await api.close();
    assert.strictEqual(taught, process.argv[3] === 'empty' ? 2 : 0);
    console.log('node-routeros: ok');
}

main().then(() => process.exit(0), (error) => {
    console.error(error);
    process.exit(1);
});
setTimeout(() => {
    console.error('node-routeros: no end in 30 s');
    process.exit(2);
}, 30000);

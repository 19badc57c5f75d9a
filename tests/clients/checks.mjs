// What every `client_*.mjs` shares, as in `checks.py`: arguments, and one JSON line per check on standard output.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

export const [url, db, login, password] = process.argv.slice(2);
export const bytes = Buffer.from(Array.from({ length: 1280 }, (_, index) => index % 256));
export const date = "2024-02-29";
const home = join(process.env.LASTMILE_CLIENTS_NODE, "odoo");
const require = createRequire(join(home, "package.json"));

export const load = (name) => require(name);

export function report(client) {
    // Read as a file: not every package lets its description be required.
    const { version } = JSON.parse(readFileSync(join(home, "node_modules", client, "package.json"), "utf8"));
    return async (check, body) => {
        let line;
        try {
            line = { client, version, check, ok: true, detail: String((await body()) ?? "") };
        } catch (error) {
            console.error(error);
            line = { client, version, check, ok: false, detail: String(error?.faultString ?? error).slice(0, 600) };
        }
        console.log(JSON.stringify(line));
    };
}

// The promise must fail with a fault of this code (none: with something that is no fault), and its text contain the word.
export async function fails(promise, code, word = "") {
    let answer;
    try {
        answer = await promise;
    } catch (error) {
        assert.equal(error.faultCode, code);
        const text = String(error.faultString ?? error.message ?? error);
        assert.ok(text.includes(word), `${word} is not in ${text}`);
        return code === undefined ? text : `fault ${code}`;
    }
    assert.fail(`nothing was raised, the answer was ${JSON.stringify(answer)}`);
}

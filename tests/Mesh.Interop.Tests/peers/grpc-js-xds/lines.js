'use strict';

// How a peer is driven: one JSON command a line on standard input, {"id": 1, "do": "name", ...}; one JSON answer a line on standard
// output, {"id": 1, ...} or {"id": 1, "error": "text"}. A command that waits does not hold up the next. The end of the input ends
// the process, so none outlives its owner.

const readline = require('node:readline');

function answer(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function run(commands, line) {
  let id;
  try {
    const command = JSON.parse(line);
    id = command.id;
    if (!Object.hasOwn(commands, command.do)) {
      throw new Error(`there is no command '${command.do}'`);
    }
    answer({ id, ...await commands[command.do](command) });
  } catch (error) {
    answer({ id, error: error.message });
  }
}

module.exports = {
  serve: (commands) => readline.createInterface({ input: process.stdin })
    .on('line', (line) => run(commands, line))
    .on('close', () => process.exit(0)),

  // The monotonic clock of the machine in nanoseconds, the same in every process: .NET's TimeProvider.System reads it too.
  now: () => process.hrtime.bigint().toString(),
};

// Loaded before the command line (`node --require`): says on standard error that a signal is here. A second one that is sent
// before would be one with the first.
const { writeSync } = require("node:fs");

for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => writeSync(2, `[${signal}]\n`));

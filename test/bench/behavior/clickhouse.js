// One ClickHouse inside this process, for race: a line of JSON in, a line of JSON out.
//   node clickhouse.js MODULES FOLDER     MODULES holds the npm package chdb, FOLDER the data
// In: {"query": text}. Out: {"cpu_ms": number, "answer": text} or {"error": text}.
const { createRequire } = require('module');
const [modules, folder] = process.argv.slice(2);
const { Session } = createRequire(modules + '/')('chdb');
const session = new Session(folder);
const lines = require('readline').createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const before = process.cpuUsage();
  let reply;
  try {
    const answer = session.query(JSON.parse(line).query, 'TabSeparated');
    const spent = process.cpuUsage(before);
    reply = { cpu_ms: (spent.user + spent.system) / 1000, answer: answer.trim() };
  } catch (error) {
    reply = { error: String(error.message || error) };
  }
  process.stdout.write(JSON.stringify(reply) + '\n');
});

#!/usr/bin/env node
/** `node check-headers.mjs <url>`: what the answers of an API lack, or say too much of. */
import { runCommand, UsageError } from './command.mjs';
import { answerOf } from './answer.mjs';
import { cookieProblems, corsProblems, headerProblems, plainProblems } from './header-rules.mjs';

const USAGE = `
Usage: node check-headers.mjs [options] <url>

Sends GET requests to one address of an API, and to one below it that should not exist: cache, content type, policy and
transport headers, the flags of cookies, and whether CORS lets foreign origins in, null and look-alikes of the host
included. Of an https address without a port it also asks the http one, which must not redirect. No redirect is followed, and
no body is read. Ask a server that you may ask.

  --header 'Name: value'   sent with each request, for an address that needs a login; may be repeated
  --json                   prints {"findings": [{"rule", "request", "problem", "instead"}], "status"}
  --help                   prints this

Exit code: 0 nothing found, 1 findings, 2 not checked: no answer, no such host, no valid certificate.

Example: node check-headers.mjs http://localhost:3000/api/orders --header 'Authorization: Bearer ...'
`;

const NOWHERE = 'check-headers-finds-nothing-here';

await runCommand({
  usage: USAGE,
  options: { header: { type: 'string', multiple: true, default: [] } },
  async main({ header }, addresses) {
    if (addresses.length !== 1) throw new UsageError('Which address? One, such as http://localhost:3000/api/orders');
    const url = urlOf(addresses[0]);
    const headers = Object.fromEntries(header.map(fieldOf));
    const answer = await answerOf(url, headers);
    const nowhere = new URL(`${url.pathname.replace(/\/$/, '')}/${NOWHERE}`, url);
    const lost = await answerOf(nowhere, headers);
    const findings = [
      ...headerProblems(answer, url).map((problem) => found(`GET ${url.pathname}`, problem)),
      ...headerProblems(lost, url).map((problem) => found(`GET .../${NOWHERE}`, problem)),
      ...cookieProblems(answer).map((problem) => found(`GET ${url.pathname}`, problem)),
    ];
    for (const origin of foreignOrigins(url)) {
      const problems = corsProblems(await answerOf(url, { ...headers, Origin: origin }), origin);
      findings.push(...problems.map((problem) => found(`GET ${url.pathname}, Origin: ${origin}`, problem)));
    }
    if (url.protocol === 'https:' && !url.port) {
      // Nobody at port 80 is as good as a refusal. A login is not sent there.
      const plain = await answerOf(new URL(url.href.replace(/^https/, 'http')), {}).catch(() => undefined);
      findings.push(...plainProblems(plain).map((problem) => found('GET by http', problem)));
    }
    return { findings: merged(findings), status: answer.status };
  },
  print: ({ findings, status }) => [
    `answered ${status}`,
    ...findings.flatMap(({ rule, request, problem, instead }) => [
      `${rule}: ${problem} (${request})`,
      `  instead: ${instead}`,
    ]),
    `${findings.length} findings`,
  ],
});

function found(request, [rule, problem, instead]) {
  return { rule, request, problem, instead };
}

/** Of findings that say the same of several requests, the first. */
function merged(findings) {
  return findings.filter(
    ({ rule, problem }, index) => findings.findIndex((one) => one.rule === rule && one.problem === problem) === index,
  );
}

/** A stranger, no origin at all, and two that a careless comparison takes for the host. */
function foreignOrigins({ protocol, hostname }) {
  const named = /^[\d.]+$|^\[/.test(hostname)
    ? []
    : [`${protocol}//${hostname}.attacker.example`, `${protocol}//attacker-${hostname}`];
  return ['https://attacker.example', 'null', ...named];
}

function urlOf(address) {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw new UsageError(`${address} is no http or https address.`);
  if (url.username || url.password) throw new UsageError('Pass credentials by --header, not in the address.');
  return url;
}

function fieldOf(line) {
  const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):\s*([^\r\n]*)$/.exec(line) ?? [];
  if (!name) throw new UsageError(`--header takes 'Name: value', not ${JSON.stringify(line)}.`);
  return [name, value];
}

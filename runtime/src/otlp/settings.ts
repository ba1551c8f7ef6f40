import { quote, ThroughlineError } from '../kernel/index.js';

/** Where one signal goes. */
export interface Endpoint {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly isCompressed: boolean;
  readonly isJson: boolean;
}

/** Where spans and log records go; without an endpoint, they are not sent. */
export interface OtlpSettings {
  readonly traces: Endpoint | undefined;
  readonly logs: Endpoint | undefined;
  /** Attributes of this process. */
  readonly resource: ReadonlyMap<string, string>;
}

type Variables = Readonly<Record<string, string | undefined>>;

const DEFAULT_BASE = 'http://localhost:4318';
const DEFAULT_TIMEOUT_MS = 10_000;
const PROTOCOLS: readonly string[] = ['http/protobuf', 'http/json'];

/** Returns true if the environment names a receiver of OpenTelemetry that can be sent to. */
export function namesReceiver(env: Variables): boolean {
  // That of a program's own SDK, in a protocol that is not spoken here.
  if (env['OTEL_EXPORTER_OTLP_PROTOCOL'] === 'grpc') return false;
  return ['', 'TRACES_', 'LOGS_'].some((signal) => env[`OTEL_EXPORTER_OTLP_${signal}ENDPOINT`]);
}

/**
 * Reads OpenTelemetry's variables (specification, "OpenTelemetry Protocol Exporter", "Environment Variable Specification"). `base` is the
 * address of the receiver, if the program names one. Throws `TL_VARIABLE_INVALID` for a protocol that is not spoken here, and
 * `TL_ADDRESS_INVALID` for an address that is none.
 */
export function readSettings(env: Variables, base?: string): OtlpSettings {
  return {
    traces: endpointOf(env, 'TRACES', base),
    logs: endpointOf(env, 'LOGS', base),
    resource: new Map([
      ...pairsIn(env['OTEL_RESOURCE_ATTRIBUTES']),
      ...(env['OTEL_SERVICE_NAME'] ? [['service.name', env['OTEL_SERVICE_NAME']] as const] : []),
    ]),
  };
}

function endpointOf(
  env: Variables,
  signal: 'TRACES' | 'LOGS',
  base: string | undefined,
): Endpoint | undefined {
  const isOff = env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true';
  if (isOff || env[`OTEL_${signal}_EXPORTER`] === 'none') return undefined;
  const setting = (name: string): string | undefined =>
    env[`OTEL_EXPORTER_OTLP_${signal}_${name}`] || env[`OTEL_EXPORTER_OTLP_${name}`] || undefined;
  const protocol = setting('PROTOCOL') ?? PROTOCOLS[0]!;
  if (!PROTOCOLS.includes(protocol)) {
    throw new ThroughlineError(
      'TL_VARIABLE_INVALID',
      `OTEL_EXPORTER_OTLP_PROTOCOL must be one of ${PROTOCOLS.join(', ')}, got ${quote(protocol)}. Set OTEL_EXPORTER_OTLP_ENDPOINT to the receiver's port for HTTP, which is 4318 by default.`,
    );
  }
  const own = base === undefined ? env[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`] : undefined;
  return {
    url: own ? urlOf(own) : below(base ?? setting('ENDPOINT') ?? DEFAULT_BASE, signal),
    headers: Object.fromEntries(pairsIn(setting('HEADERS'))),
    timeoutMs: Number(setting('TIMEOUT')) || DEFAULT_TIMEOUT_MS,
    isCompressed: setting('COMPRESSION') === 'gzip',
    isJson: protocol === 'http/json',
  };
}

/** Of the common address, only the endpoints of the signals are below it; that of one signal is taken as it is. */
function below(base: string, signal: string): URL {
  const url = urlOf(base);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/${signal.toLowerCase()}`;
  return url;
}

function urlOf(text: string): URL {
  if (/^https?:/i.test(text) && URL.canParse(text)) return new URL(text);
  throw new ThroughlineError(
    'TL_ADDRESS_INVALID',
    `The address of a receiver of OpenTelemetry must be a URL such as "http://localhost:4318", got ${quote(text)}.`,
  );
}

/** Reads `name=value,name=value`, whose values are percent-encoded (W3C Baggage, without properties). */
function pairsIn(text = ''): (readonly [string, string])[] {
  return text.split(',').flatMap((pair) => {
    const at = pair.indexOf('=');
    const name = pair.slice(0, at).trim();
    return at < 1 || name === '' ? [] : [[name, decoded(pair.slice(at + 1).trim())] as const];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

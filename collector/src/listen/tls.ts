import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { CollectorError, errorMessage } from '../errors.js';
import type { Settings } from '../settings.js';

/** A certificate with its chain, and its key, as PEM. */
export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Reads the certificate of the settings, if they name one. Throws `TL_SETTING_INVALID`. */
export function certificateOf({
  cert,
  key,
  socket,
}: Pick<Settings, 'cert' | 'key' | 'socket'>): Certificate | undefined {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    const [given, missing] = cert === undefined ? ['key', 'cert'] : ['cert', 'key'];
    throw invalid(`Setting "${given}" needs "${missing}", too: a certificate has a key.`);
  }
  if (socket !== undefined) {
    throw invalid('Settings "socket" and "cert" exclude each other: a Unix socket needs no TLS.');
  }
  try {
    const certificate = { cert: readFileSync(cert), key: readFileSync(key) };
    createSecureContext(certificate);
    return certificate;
  } catch (error) {
    throw invalid(
      `Settings "cert" and "key" must be files of a certificate and its key, as PEM, got ${JSON.stringify(cert)} and ${JSON.stringify(key)}: ${errorMessage(error)}.`,
    );
  }
}

function invalid(message: string): CollectorError {
  return new CollectorError('TL_SETTING_INVALID', message);
}

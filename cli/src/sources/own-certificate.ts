import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { TLSSocket } from 'node:tls';

/**
 * Returns true if a peer may be trusted: authorities say so, or its certificate is the one in a file. Of that, nobody has to have signed
 * it, and it may be for another name.
 */
export function isTrusted(socket: TLSSocket, file: string): boolean {
  if (socket.authorized) return true;
  const { fingerprint256 } = new X509Certificate(readFileSync(file));
  return socket.getPeerCertificate().fingerprint256 === fingerprint256;
}

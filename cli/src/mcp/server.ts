import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { errorMessage } from '../errors.js';
import type { EventSource } from '../sources/source.js';
import { version } from '../version.js';
import { TOOLS } from './tools.js';

/** Answers an agent on stdin and stdout, until it closes them. */
export async function serveAgent(source: EventSource): Promise<void> {
  const server = new McpServer({ name: 'throughline', version });
  for (const { name, description, inputSchema, answer } of TOOLS) {
    server.registerTool(
      name,
      { description, inputSchema, annotations: { readOnlyHint: true } },
      // An error is an answer, too: the agent can correct its question.
      async (asked: Record<string, unknown>) => {
        try {
          return textResult(await answer(source, asked as never));
        } catch (error) {
          return { ...textResult(errorMessage(error)), isError: true };
        }
      },
    );
  }
  await server.connect(new StdioServerTransport());
}

function textResult(text: string): { content: { type: 'text'; text: string }[] } {
  return { content: [{ type: 'text', text }] };
}

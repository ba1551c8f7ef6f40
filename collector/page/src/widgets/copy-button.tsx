import { useState } from 'preact/hooks';

/** A button that copies a text. */
export function CopyButton({ label, text }: { label: string; text: () => string }) {
  const [isCopied, setCopied] = useState(false);
  return (
    <button
      class="button"
      onClick={() => void navigator.clipboard.writeText(text()).then(() => setCopied(true))}
      onBlur={() => setCopied(false)}
    >
      {isCopied ? 'Copied' : label}
    </button>
  );
}

/** A meter with its needle. */
export const Mark = () => (
  <svg viewBox="0 0 32 32" aria-hidden="true">
    <rect width="32" height="32" rx="7" fill="#0b5f59" />
    <path d="M7 22a9 9 0 0 1 18 0" fill="none" stroke="#9fd9d0" strokeWidth="3" strokeLinecap="round" />
    <path d="M16 22 21.5 13.5" stroke="#fff" strokeWidth="3" strokeLinecap="round" />
    <circle cx="16" cy="22" r="2.4" fill="#fff" />
  </svg>
);

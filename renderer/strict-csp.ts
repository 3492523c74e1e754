import { z } from 'zod';

// The page forbids eval; zod would otherwise probe for it when the first schema is made.
// This module must therefore be imported before any schema.
z.config({ jitless: true });

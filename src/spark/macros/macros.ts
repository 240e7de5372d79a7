import { castMacros } from './casts.ts';
import { collectionMacros } from './collections.ts';
import { datetimeMacros } from './datetime.ts';
import { stringMacros } from './strings.ts';

/** Settings that a connection needs once, before any translated statement. One string of statements. */
export const settings = `
SET default_null_order = 'nulls_first_on_asc_last_on_desc';
SET ieee_floating_point_ops = false;
SET old_implicit_casting = true;
`;

/** The macros that translated statements call; they are needed once for each database. One string of statements. */
export const macros = castMacros + datetimeMacros + stringMacros + collectionMacros;

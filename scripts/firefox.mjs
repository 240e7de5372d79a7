import { findOrInstall } from './debian.mjs';

const candidates = [
  process.env.FIREFOX,
  '/usr/bin/firefox-esr',
  '/usr/bin/firefox',
  '/Applications/Firefox.app/Contents/MacOS/firefox',
  'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
];

/** What to do where {@link firefoxPath} finds none. */
export const noFirefox =
  'No Firefox was found, nor could one be installed: install Firefox, or set FIREFOX to its path.';

/** The path of a Firefox on this machine, `undefined` if there is none; on Debian it is installed when it is missing. */
export const firefoxPath = () => findOrInstall(candidates, 'firefox-esr');

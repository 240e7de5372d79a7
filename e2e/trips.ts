import { sampleTrips, tripsPerVendor } from '../cli/taxi.ts';

const trips = tripsPerVendor(sampleTrips);

/** The trips of a vendor in the sample that the page brings. */
export const tripsOf = (vendor: number): number => trips.get(vendor) ?? 0;

/** The job of the use case that writes vendor 1. */
export const one = 'nytaxi-vendor-one';

/** The job of the use case that writes vendor 2. */
export const two = 'nytaxi-vendor-two';

import { sampleTrips, tripsPerVendor } from '../cli/taxi.ts';

const trips = tripsPerVendor(sampleTrips);

/** The trips of a vendor in the sample that the page brings. */
export const tripsOf = (vendor: number): number => trips.get(vendor) ?? 0;

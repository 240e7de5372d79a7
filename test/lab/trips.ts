const months = [0, 1];

/** Trips of both vendors in January and February 2016, `perMonth` for each vendor and month, as a JSON file. */
export function tripsFile(perMonth: number, name = 'trips.json'): File {
  const lines = [1, 2].flatMap((vendor) =>
    months.flatMap((month) =>
      Array.from({ length: perMonth }, (_, number) =>
        JSON.stringify({
          id: `id${vendor}${month}${String(number).padStart(5, '0')}`,
          vendor_id: vendor,
          pickup_datetime: Date.UTC(2016, month, 1 + (number % 28), number % 24),
          trip_duration: 60 + number,
        }),
      ),
    ),
  );
  return new File([`${lines.join('\n')}\n`], name);
}

/** Trips whose times are text, `perVendor` for each vendor, as one JSON array on one line. */
export function textTripsFile(perVendor: number): File {
  const trips = [1, 2].flatMap((vendor) =>
    Array.from({ length: perVendor }, (_, number) => ({
      vendor_id: vendor,
      pickup_datetime: `2019-03-01 10:00:${String(number).padStart(2, '0')}`,
    })),
  );
  return new File([JSON.stringify(trips)], 'text-trips.json');
}

/** How another engine opens an exported table. */
export interface OpeningCommand {
  engine: 'PyIceberg' | 'DuckDB' | 'Spark';
  command: string;
}

/** Where a table is proposed to be unpacked: `<collection>/<dataset>` below a warehouse, as Spark's Hadoop catalog wants it. */
export function proposedLocation(table: string): string {
  return `file:///tmp/warehouse/${table.slice(table.indexOf(':') + 1)}`;
}

/**
 * Commands for a table that was unpacked at `location`, a `file:` URI or a path; `metadata` is its newest metadata file
 * below that. Spark finds the table by the two last folders of its location. Pure.
 */
export function openingCommands(location: string, metadata: string): OpeningCommand[] {
  const root = location.replace(/\/+$/, '');
  const path = root.replace(/^file:\/\//, '');
  const file = `${path}/metadata/${metadata.slice(metadata.lastIndexOf('/') + 1)}`;
  const [dataset = '', collection = '', ...above] = path.split('/').reverse();
  const warehouse = above.reverse().join('/') || '/';
  const codec = metadata.includes('.gz.') ? ", metadata_compression_codec = 'gzip'" : '';
  return [
    {
      engine: 'PyIceberg',
      command: `python -c "from pyiceberg.table import StaticTable; print(StaticTable.from_metadata('${file}').scan().to_arrow())"`,
    },
    {
      engine: 'DuckDB',
      command: `duckdb -c "install iceberg; load iceberg; from iceberg_scan('${file}'${codec})"`,
    },
    {
      engine: 'Spark',
      command: `spark-sql --packages org.apache.iceberg:iceberg-spark-runtime-3.5_2.12:1.10.0 --conf spark.sql.catalog.icebase=org.apache.iceberg.spark.SparkCatalog --conf spark.sql.catalog.icebase.type=hadoop --conf spark.sql.catalog.icebase.warehouse=${warehouse} -e "select * from icebase.${collection}.${dataset}"`,
    },
  ];
}

import {
  DataType,
  Field,
  List,
  Map_,
  Struct,
  Timestamp,
  TimeUnit,
  type TypeMap,
} from 'apache-arrow';

/** Whether a type is, or has in it, a timestamp in ns with a time zone. */
export function hasZonedNanoseconds(type: DataType): boolean {
  if (DataType.isTimestamp(type))
    return type.unit === TimeUnit.NANOSECOND && Boolean(type.timezone);
  const members = (type.children as Field<DataType>[] | null) ?? [];
  return members.some((member) => hasZonedNanoseconds(member.type));
}

/** The field without time zones at any depth, of the same layout. */
export function withoutZone(field: Field<DataType>): Field<DataType> {
  return new Field(field.name, zoneless(field.type), field.nullable, field.metadata);
}

function zoneless(type: DataType): DataType {
  if (DataType.isTimestamp(type)) return new Timestamp(type.unit);
  const members = ((type.children as Field<DataType>[] | null) ?? []).map(withoutZone);
  const [first] = members;
  if (DataType.isStruct(type)) return new Struct<TypeMap>(members);
  if (DataType.isList(type) && first) return new List(first);
  if (DataType.isMap(type) && first) {
    const sides = first.type.children as Field<DataType>[];
    const entries = new Struct<{ key: DataType; value: DataType }>(sides);
    return new Map_(new Field(first.name, entries, first.nullable), type.keysSorted);
  }
  return type;
}

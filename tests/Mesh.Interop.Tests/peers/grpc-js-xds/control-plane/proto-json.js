'use strict';

// Canonical proto3 JSON to bytes: field names in either form, wrappers as plain values, "1.5s", Struct as JSON, Any by "@type". An
// unknown field is an error. An object with "@bytes" (base64) stands for those bytes, whatever they are.

const { types } = require('protobufjs');
const { typeOf } = require('./protos');

const fieldsByName = new Map();

function fieldsOf(type) {
  let fields = fieldsByName.get(type);
  if (!fields) {
    fields = new Map();
    for (const field of type.fieldsArray) {
      fields.set(field.name, field);
      fields.set(field.name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase()), field);
    }
    fieldsByName.set(type, fields);
  }
  return fields;
}

function seconds(text) {
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d{1,9}))?s$/.exec(text) ?? [];
  if (whole === undefined) {
    throw new Error(`'${text}' is no duration`);
  }
  const factor = sign ? -1 : 1;
  return { seconds: factor * Number(whole), nanos: factor * Number(fraction.padEnd(9, '0')) };
}

function timestamp(text) {
  const ms = Date.parse(text);
  return { seconds: Math.floor(ms / 1000), nanos: (((ms % 1000) + 1000) % 1000) * 1e6 };
}

function struct(json) {
  return { fields: Object.fromEntries(Object.entries(json).map(([name, item]) => [name, structValue(item)])) };
}

function structValue(json) {
  if (json === null) {
    return { nullValue: 0 };
  }
  if (Array.isArray(json)) {
    return { listValue: { values: json.map(structValue) } };
  }
  switch (typeof json) {
    case 'string': return { stringValue: json };
    case 'number': return { numberValue: json };
    case 'boolean': return { boolValue: json };
    default: return { structValue: struct(json) };
  }
}

function any({ '@type': url, '@bytes': bytes, ...rest }) {
  if (bytes !== undefined) {
    return { type_url: url, value: Buffer.from(bytes, 'base64') };
  }
  const type = typeOf(url.slice(url.lastIndexOf('/') + 1));
  return { type_url: url, value: encode(type, special[type.fullName] ? rest.value : rest) };
}

const wrapper = (json, type) => ({ value: scalar(type.fields.value, json) });

const special = {
  '.google.protobuf.Any': any,
  '.google.protobuf.Duration': seconds,
  '.google.protobuf.Timestamp': timestamp,
  '.google.protobuf.Struct': struct,
  '.google.protobuf.Value': structValue,
  '.google.protobuf.ListValue': (json) => ({ values: json.map(structValue) }),
  ...Object.fromEntries(['Double', 'Float', 'Int64', 'UInt64', 'Int32', 'UInt32', 'Bool', 'String', 'Bytes']
    .map((name) => [`.google.protobuf.${name}Value`, wrapper])),
};

function message(type, json) {
  if (special[type.fullName]) {
    return special[type.fullName](json, type);
  }
  const fields = fieldsOf(type);
  const result = {};
  for (const [name, item] of Object.entries(json)) {
    const field = fields.get(name);
    if (!field) {
      throw new Error(`${type.fullName.slice(1)} has no field '${name}'`);
    }
    if (item !== null || field.resolvedType?.fullName === '.google.protobuf.Value') {
      result[field.name] = fieldValue(field, item);
    }
  }
  return result;
}

function fieldValue(field, json) {
  if (field.map) {
    return Object.fromEntries(Object.entries(json).map(([key, item]) => [key, single(field, item)]));
  }
  return field.repeated ? json.map((item) => single(field, item)) : single(field, json);
}

function single(field, json) {
  const type = field.resolvedType;
  return type?.fieldsArray ? message(type, json) : scalar(field, json);
}

function scalar({ type, resolvedType }, json) {
  if (resolvedType) {
    const number = typeof json === 'number' ? json : resolvedType.values[json];
    if (number === undefined) {
      throw new Error(`${resolvedType.fullName.slice(1)} has no value '${json}'`);
    }
    return number;
  }
  switch (type) {
    case 'bytes': return Buffer.from(json, 'base64');
    case 'string':
    case 'bool': return json;
    // JSON has 64-bit numbers as strings, which protobufjs takes as they are, and so it has NaN and Infinity.
    default: return typeof json === 'string' && types.long[type] === undefined ? Number(json) : json;
  }
}

function encode(type, json) {
  return type.encode(message(type, json)).finish();
}

// The other way, for the node's metadata alone.
function structToJson({ fields }) {
  return Object.fromEntries(Object.entries(fields ?? {}).map(([name, item]) => [name, plain(item)]));
}

function plain(item) {
  const kind = item.kind ?? 'nullValue';
  switch (kind) {
    case 'structValue': return structToJson(item.structValue);
    case 'listValue': return item.listValue.values.map(plain);
    case 'nullValue': return null;
    default: return item[kind];
  }
}

module.exports = { encode, structToJson };

-- What of uuid-ossp can be said in plain SQL. Random and name-based identifiers only.
CREATE FUNCTION uuid_nil() RETURNS uuid IMMUTABLE PARALLEL SAFE LANGUAGE sql
  RETURN '00000000-0000-0000-0000-000000000000'::uuid;
CREATE FUNCTION uuid_ns_dns() RETURNS uuid IMMUTABLE PARALLEL SAFE LANGUAGE sql
  RETURN '6ba7b810-9dad-11d1-80b4-00c04fd430c8'::uuid;
CREATE FUNCTION uuid_ns_url() RETURNS uuid IMMUTABLE PARALLEL SAFE LANGUAGE sql
  RETURN '6ba7b811-9dad-11d1-80b4-00c04fd430c8'::uuid;
CREATE FUNCTION uuid_generate_v4() RETURNS uuid VOLATILE PARALLEL SAFE LANGUAGE sql
  RETURN gen_random_uuid();
-- A time-based identifier is only asked to be unique here.
CREATE FUNCTION uuid_generate_v1() RETURNS uuid VOLATILE PARALLEL SAFE LANGUAGE sql
  RETURN uuidv7();
CREATE FUNCTION uuid_generate_v1mc() RETURNS uuid VOLATILE PARALLEL SAFE LANGUAGE sql
  RETURN uuidv7();
CREATE FUNCTION uuid_generate_v3(namespace uuid, name text) RETURNS uuid IMMUTABLE STRICT
  PARALLEL SAFE LANGUAGE sql RETURN (
    SELECT encode(set_byte(set_byte(hash, 6, (get_byte(hash, 6) & 15) | 48),
                           8, (get_byte(hash, 8) & 63) | 128), 'hex')::uuid
    FROM (SELECT decode(md5(uuid_send(namespace) || convert_to(name, 'UTF8')), 'hex') AS hash) h);

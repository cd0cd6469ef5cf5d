-- What of pgcrypto can be said in plain SQL. crypt(), pgp_* and encrypt() are left out on purpose:
-- a call fails by name instead of giving a wrong answer.
CREATE FUNCTION gen_random_bytes(count integer) RETURNS bytea VOLATILE STRICT PARALLEL SAFE
  LANGUAGE sql RETURN (
    SELECT substring(string_agg(uuid_send(gen_random_uuid()), ''::bytea) FROM 1 FOR count)
    FROM generate_series(1, count / 16 + 1));
CREATE FUNCTION digest(data bytea, type text) RETURNS bytea IMMUTABLE STRICT PARALLEL SAFE
  LANGUAGE plpgsql AS $$
BEGIN
  RETURN CASE lower(type)
    WHEN 'md5' THEN decode(md5(data), 'hex')
    WHEN 'sha224' THEN sha224(data)
    WHEN 'sha256' THEN sha256(data)
    WHEN 'sha384' THEN sha384(data)
    WHEN 'sha512' THEN sha512(data)
  END;
END $$;
CREATE FUNCTION digest(data text, type text) RETURNS bytea IMMUTABLE STRICT PARALLEL SAFE
  LANGUAGE sql RETURN digest(convert_to(data, 'UTF8'), type);

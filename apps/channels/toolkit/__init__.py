"""What connectors share: `payload` from bytes to JSON, `http` (signatures, a paced session), `files` (folders and
buckets), `mail` (parsing), `mapping` (a person says what fields mean), `people` and `tracking`, `commerce`, `calls`,
`surveys`, `bank_accounts` for what happened in the terms of the field."""

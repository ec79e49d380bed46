"""What the fields of a row mean, said by a person: the language (`expressions`), a `mapping` with its two halves
(`person_mapping`, `field_mapping`) read by a `compiler`, and a `proposal` made from the first rows (`columns`, `roles`,
`stories`)."""

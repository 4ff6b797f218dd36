policy "plan-contract" {
  description       = "Machines are replaced, new before old, and nothing else changes."
  query             = "data.fleet.deny"
  enforcement_level = "mandatory"
}

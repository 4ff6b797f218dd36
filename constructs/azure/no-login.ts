/**
 * A public key that nobody can log in with. Azure refuses a Linux scale set without a key or a password, and a key made
 * by Terraform would leave its private half in the state. These 32 bytes are the SHA-256 of the label below: a valid
 * Ed25519 point for which nobody has ever known the private scalar. A test computes it anew.
 */
export const NO_LOGIN_LABEL = "immutable-infra/no-login/v1/0";
export const NO_LOGIN_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMPmZSH4z8s0z42j5lHd4ZW+lQu3lMhLO8hwyDrltEld";
export const NO_LOGIN_USER = "nobody-logs-in";

# Written by `npx fleet image export <image> --packer <version>`.
variable "image_version" {
  type = string
  validation {
    condition     = can(regex("^(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)$", var.image_version))
    error_message = "The image_version must be MAJOR.MINOR.PATCH."
  }
}

variable "git_sha" {
  type = string
}

variable "git_dirty" {
  type = bool
}

variable "template" {
  type = string
}

variable "template_sha256" {
  type = string
}

# Ids of the approved base, from the catalog.
variable "base" {
  type = object({
    image   = string
    version = string
    aws     = string
    google  = string
    azure   = string
  })
}

variable "container" {
  type        = string
  default     = ""
  description = "Container to bake into the image, as name@sha256:digest; boot for the one that the boot configuration names; empty for none."
  validation {
    condition     = var.container == "" || var.container == "boot" || can(regex("^[^@[:space:]]+@sha256:[0-9a-f]{64}$", var.container))
    error_message = "The container must be name@sha256:digest; a tag can mean another container tomorrow."
  }
}

# Which build it is, where it runs, and where the image is to be.
variable "arch" {
  type        = string
  default     = "x86_64"
  description = "x86_64 or arm64. Each is a run of its own; ingest puts the runs of one version together."
  validation {
    condition     = contains(["x86_64", "arm64"], var.arch)
    error_message = "The arch must be x86_64 or arm64."
  }
}

variable "attempt" {
  type        = number
  default     = 1
  description = "1 for the first build of a version. What an earlier one left behind may still have its name, so the next has another."
  validation {
    condition     = var.attempt >= 1 && var.attempt <= 99 && floor(var.attempt) == var.attempt
    error_message = "The attempt must be a whole number from 1 to 99."
  }
}

variable "aws" {
  type = object({
    region             = string
    copy_regions       = list(string)
    subnet_id          = string
    instance_type      = string
    kms_key_id         = string
    region_kms_key_ids = map(string)
    accounts           = list(string)
    org_arns           = list(string)
    ou_arns            = list(string)
  })
  description = "An empty kms_key_id takes the account's EBS key, which cannot be shared. Shared with accounts, org_arns and ou_arns."
  validation {
    condition     = var.aws.kms_key_id != "" || length(concat(var.aws.accounts, var.aws.org_arns, var.aws.ou_arns)) == 0
    error_message = "An image that the account's own EBS key encrypts cannot be shared; set aws.kms_key_id, or leave accounts, org_arns and ou_arns empty."
  }
  # https://github.com/hashicorp/packer-plugin-amazon/issues/270
  validation {
    condition     = length(concat(var.aws.accounts, var.aws.org_arns, var.aws.ou_arns)) == 0 || length([for region in var.aws.copy_regions : region if lookup(var.aws.region_kms_key_ids, region, "") == ""]) == 0
    error_message = "A copy is encrypted with a key of its own region, and only one of your own can be shared; name a key for each of aws.copy_regions in aws.region_kms_key_ids."
  }
  validation {
    condition     = length(var.aws.region_kms_key_ids) == 0 || length([for region in concat(var.aws.copy_regions, keys(var.aws.region_kms_key_ids)) : region if !contains(var.aws.copy_regions, region) || lookup(var.aws.region_kms_key_ids, region, "") == ""]) == 0
    error_message = "The plugin wants aws.region_kms_key_ids to name each of aws.copy_regions, and no other region."
  }
  validation {
    condition     = length([for region, key in merge(var.aws.region_kms_key_ids, { (var.aws.region) = var.aws.kms_key_id }) : key if substr(key, 0, 4) == "arn:" && element(split(":", "${key}:::"), 3) != region]) == 0
    error_message = "A KMS key encrypts in its own region only; the region in each key's ARN must be the one that it is for."
  }
  validation {
    condition     = length([for account in var.aws.accounts : account if !can(regex("^[0-9]{12}$", account))]) == 0
    error_message = "Each of aws.accounts must be an account id of 12 digits, in quotes."
  }
}

variable "google" {
  type = object({
    project      = string
    zone         = string
    subnetwork   = string
    machine_type = string
    kms_key      = string
  })
  description = "An empty kms_key leaves the encryption to Google."
  # https://cloud.google.com/compute/docs/disks/customer-managed-encryption
  validation {
    condition     = var.google.kms_key == "" || can(regex("^projects/[^/]+/locations/(global|${join("-", slice(split("-", "${var.google.zone}--"), 0, 2))})/keyRings/[^/]+/cryptoKeys/[^/]+$", var.google.kms_key))
    error_message = "The google.kms_key encrypts disks of google.zone; it must be projects/P/locations/L/keyRings/R/cryptoKeys/K, where L is the zone's region or global."
  }
}

variable "azure" {
  type = object({
    subscription         = string
    resource_group       = string
    gallery              = string
    location             = string
    regions              = list(string)
    vm_size              = string
    disk_encryption_sets = map(string)
  })
  description = "Gallery and image definition must exist. Empty disk_encryption_sets, by region, take platform keys."
  validation {
    condition     = length([for region in concat(var.azure.regions, [var.azure.location]) : region if !can(regex("^[a-z0-9]+$", region))]) == 0
    error_message = "Azure's regions must be written as westeurope, not West Europe."
  }
  validation {
    condition     = contains(var.azure.regions, var.azure.location)
    error_message = "The image is made in azure.location first, so azure.regions must hold it."
  }
  # https://learn.microsoft.com/azure/virtual-machines/image-version-encryption
  validation {
    condition     = length(var.azure.disk_encryption_sets) == 0 || length([for region in concat(var.azure.regions, keys(var.azure.disk_encryption_sets)) : region if !contains(var.azure.regions, region) || lookup(var.azure.disk_encryption_sets, region, "") == ""]) == 0
    error_message = "A disk encryption set encrypts in its own region only; name one for each of azure.regions in azure.disk_encryption_sets, or none at all."
  }
}

# How Packer reaches the machine that builds. Private unless `public` says otherwise.
variable "aws_access" {
  type = object({ public = bool, instance_profile = string, cidrs = list(string) })
  default = {
    public           = false
    instance_profile = ""
    cidrs            = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]
  }
  description = "By the private address from cidrs; by Session Manager where instance_profile names one, and the source image holds its agent; by a public address from cidrs where public says so."
  validation {
    condition     = length(var.aws_access.cidrs) > 0 && length([for cidr in var.aws_access.cidrs : cidr if can(regex("/0$", cidr))]) == 0
    error_message = "Name the networks that Packer comes from in aws_access.cidrs, and not the whole internet: without one the plugin opens port 22 to everybody."
  }
}

variable "google_access" {
  type        = object({ public = bool })
  default     = { public = false }
  description = "By Identity-Aware Proxy, for which the plugin runs gcloud on this machine; by a public address where public says so."
}

variable "azure_access" {
  type = object({
    public          = bool
    cidrs           = list(string)
    virtual_network = object({ resource_group = string, name = string, subnet = string })
  })
  default = {
    public          = false
    cidrs           = []
    virtual_network = { resource_group = "", name = "", subnet = "" }
  }
  description = "By the private address in virtual_network; by a public address from cidrs where public says so."
  validation {
    condition     = var.azure_access.public || (var.azure_access.virtual_network.name != "" && var.azure_access.virtual_network.subnet != "" && var.azure_access.virtual_network.resource_group != "")
    error_message = "A private build needs a network that Packer is in: name azure_access.virtual_network, or say public = true."
  }
  validation {
    condition     = !var.azure_access.public || (length(var.azure_access.cidrs) > 0 && length([for cidr in var.azure_access.cidrs : cidr if can(regex("/0$", cidr))]) == 0)
    error_message = "Name the networks that Packer comes from in azure_access.cidrs, and not the whole internet: without one the plugin opens port 22 to everybody."
  }
}

# Who Packer is on Azure.
variable "azure_auth" {
  type        = object({ cli = bool, tenant_id = string, client_id = string })
  default     = { cli = false, tenant_id = "", client_id = "" }
  description = "The machine's managed identity; the account of `az login` with cli; the app client_id of tenant_id, for which the CI's identity is exchanged."
  validation {
    condition     = (var.azure_auth.tenant_id == "") == (var.azure_auth.client_id == "")
    error_message = "The azure_auth of an app needs both tenant_id and client_id."
  }
  validation {
    condition     = !var.azure_auth.cli || var.azure_auth.client_id == ""
    error_message = "Choose one azure_auth: cli, or an app with tenant_id and client_id."
  }
}

# GitHub sets both in a job with `id-token: write`: https://docs.github.com/actions/reference/security/oidc
variable "oidc_request_url" {
  type    = string
  default = env("ACTIONS_ID_TOKEN_REQUEST_URL")
}

variable "oidc_request_token" {
  type      = string
  default   = env("ACTIONS_ID_TOKEN_REQUEST_TOKEN")
  sensitive = true
}

locals {
  image = "web"
  # On Azure a definition has one architecture, and the version is its number: neither is in the name of the other.
  suffix     = var.arch == "x86_64" ? "" : "-${var.arch}"
  definition = "web${local.suffix}"
  name       = "web-v${replace(var.image_version, ".", "-")}${local.suffix}${var.attempt == 1 ? "" : "-b${var.attempt}"}"
  tags = {
    image         = "web"
    image_version = var.image_version
    base_version  = var.base.version
    git_sha       = var.git_sha
  }
}

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

# Where to build, and where the image is to be.
variable "arch" {
  type        = string
  default     = "x86_64"
  description = "x86_64 or arm64."
}

variable "aws" {
  type = object({
    region        = string
    copy_regions  = list(string)
    subnet_id     = string
    instance_type = string
    kms_key_id    = string
    org_arns      = list(string)
  })
  description = "An empty kms_key_id takes the account's EBS key, which cannot be shared: org_arns needs a key."
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
}

variable "azure" {
  type = object({
    subscription        = string
    resource_group      = string
    gallery             = string
    location            = string
    regions             = list(string)
    vm_size             = string
    disk_encryption_set = string
  })
  description = "Gallery and image definition must exist. An empty disk_encryption_set takes platform keys."
}

locals {
  image = "web"
  name  = "web-v${replace(var.image_version, ".", "-")}"
  tags = {
    image         = "web"
    image_version = var.image_version
    base_version  = var.base.version
    git_sha       = var.git_sha
  }
}

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

# Vendor images, each by an id that never means another one. Only this template has them.
variable "vendor" {
  type = object({
    aws    = string
    google = string
    azure  = object({ publisher = string, offer = string, sku = string, version = string })
  })
}

variable "agent_packages" {
  type        = list(string)
  default     = []
  description = "Monitoring agents from your package mirror, each as name=version."
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
  image = "base"
  name  = "base-v${replace(var.image_version, ".", "-")}"
  tags = {
    image         = "base"
    image_version = var.image_version
    git_sha       = var.git_sha
  }
}

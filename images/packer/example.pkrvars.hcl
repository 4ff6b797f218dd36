# What each variable looks like. Copy what is yours (arch to azure_auth, and vendor for the base) to places.pkrvars.hcl, which git ignores.
# `fleet image export` writes the rest. CI validates both templates with this file.

# Where to build, and where the image is to be.
aws = {
  region             = "eu-west-1"
  copy_regions       = ["eu-central-1"]
  subnet_id          = "subnet-0123456789abcdef0"
  instance_type      = "t3.small" # t4g.small for arm64
  kms_key_id         = "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-0000-0000-000000000000"
  region_kms_key_ids = { "eu-central-1" = "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-0000-0000-0000-000000000001" }
  accounts           = ["210987654321"]
  org_arns           = []
  ou_arns            = []
}

google = {
  project      = "my-images"
  zone         = "europe-west1-b"
  subnetwork   = "builds"
  machine_type = "e2-small" # c4a-standard-1 for arm64
  kms_key      = ""
}

azure = {
  subscription         = "00000000-0000-0000-0000-000000000001"
  resource_group       = "images"
  gallery              = "fleet"
  location             = "westeurope"
  regions              = ["westeurope", "northeurope"]
  vm_size              = "Standard_B2s" # Standard_D2ps_v6 for arm64
  disk_encryption_sets = {}
}

# How Packer reaches the machine that builds.
azure_access = {
  public          = false
  cidrs           = []
  virtual_network = { resource_group = "network", name = "builds", subnet = "builds" }
}

# The base alone: vendor images of this architecture. docs/images.md says how to find them.
vendor = {
  aws    = "ami-0123456789abcdef0"
  google = "projects/debian-cloud/global/images/debian-12-bookworm-v20251111"
  azure  = { publisher = "Debian", offer = "debian-12", sku = "12-gen2", version = "0.20251112.2293" }
}

# Written by `fleet image export`.
image_version   = "1.2.0"
git_sha         = "0000000000000000000000000000000000000000"
git_dirty       = false
template        = "images/packer/web"
template_sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
base = {
  image   = "base"
  version = "1.0.0"
  aws     = "ami-0123456789abcdef1"
  google  = "projects/my-images/global/images/base-v1-0-0"
  azure   = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/images/providers/Microsoft.Compute/galleries/fleet/images/base/versions/1.0.0"
}

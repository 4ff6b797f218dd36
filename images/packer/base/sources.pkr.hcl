source "amazon-ebs" "image" {
  source_ami = var.vendor.aws
  region     = var.aws.region
  subnet_id  = var.aws.subnet_id

  ami_name                = local.name
  ami_regions             = var.aws.copy_regions
  region_kms_key_ids      = var.aws.region_kms_key_ids
  ami_users               = var.aws.accounts
  ami_org_arns            = var.aws.org_arns
  ami_ou_arns             = var.aws.ou_arns
  ami_virtualization_type = "hvm"
  encrypt_boot            = true
  kms_key_id              = var.aws.kms_key_id
  imds_support            = "v2.0"
  ena_support             = true
  tags                    = local.tags
  snapshot_tags           = local.tags
  deregistration_protection {
    enabled = true
  }

  instance_type = var.aws.instance_type
  run_tags      = local.tags
  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"
  }

  # Session Manager opens no port; the group that the plugin makes has no rule then.
  associate_public_ip_address           = var.aws_access.public
  iam_instance_profile                  = var.aws_access.instance_profile
  ssh_interface                         = var.aws_access.public ? "public_ip" : (var.aws_access.instance_profile == "" ? "private_ip" : "session_manager")
  temporary_security_group_source_cidrs = var.aws_access.cidrs

  ssh_username              = "admin"
  temporary_key_pair_type   = "ed25519"
  ssh_clear_authorized_keys = true
}

source "googlecompute" "image" {
  # The catalog has projects/P/global/images/NAME; the builder wants name and project apart.
  source_image            = element(split("/", var.vendor.google), 4)
  source_image_project_id = [element(split("/", var.vendor.google), 1)]
  project_id              = var.google.project
  zone                    = var.google.zone
  subnetwork              = var.google.subnetwork

  image_name = local.name
  # Labels allow neither capital letters nor dots.
  image_labels            = { for key, value in local.tags : key => replace(value, ".", "-") }
  image_architecture      = upper(var.arch)
  image_guest_os_features = ["GVNIC", "UEFI_COMPATIBLE", "VIRTIO_SCSI_MULTIQUEUE"]
  # Disk and image lie where the key is.
  image_storage_locations = var.google.kms_key == "" || can(regex("/locations/global/", var.google.kms_key)) ? [] : [element(split("/", var.google.kms_key), 3)]
  dynamic "disk_encryption_key" {
    for_each = var.google.kms_key == "" ? [] : [var.google.kms_key]
    content {
      kmsKeyName = disk_encryption_key.value
    }
  }
  dynamic "image_encryption_key" {
    for_each = var.google.kms_key == "" ? [] : [var.google.kms_key]
    content {
      kmsKeyName = image_encryption_key.value
    }
  }

  # These series take no Persistent Disk: https://cloud.google.com/compute/docs/disks/hyperdisks#machine-type-support
  disk_type                       = can(regex("^(c4|c4a|c4d|n4|n4a|n4d|h4d|x4)-", var.google.machine_type)) ? "hyperdisk-balanced" : "pd-balanced"
  machine_type                    = var.google.machine_type
  disable_default_service_account = true
  enable_secure_boot              = true
  enable_vtpm                     = true
  enable_integrity_monitoring     = true
  omit_external_ip                = !var.google_access.public
  use_internal_ip                 = !var.google_access.public
  use_iap                         = !var.google_access.public
  # Unset, the build waits without end for a script of the plugin's own.
  wrap_startup_script = false

  ssh_username              = "packer"
  temporary_key_pair_type   = "ed25519"
  ssh_clear_authorized_keys = true
}

source "azure-arm" "image" {
  os_type            = "Linux"
  image_publisher    = var.vendor.azure.publisher
  image_offer        = var.vendor.azure.offer
  image_sku          = var.vendor.azure.sku
  image_version      = var.vendor.azure.version
  subscription_id    = var.azure.subscription
  use_azure_cli_auth = var.azure_auth.cli
  tenant_id          = var.azure_auth.tenant_id
  client_id          = var.azure_auth.client_id
  # Only for an app: a machine with an identity of its own may run in a CI that offers a token too.
  oidc_request_url   = var.azure_auth.client_id == "" ? "" : var.oidc_request_url
  oidc_request_token = var.azure_auth.client_id == "" ? "" : var.oidc_request_token
  location           = var.azure.location

  # To the gallery only: with a managed image as well, the manifest would name that one.
  shared_image_gallery_destination {
    subscription   = var.azure.subscription
    resource_group = var.azure.resource_group
    gallery_name   = var.azure.gallery
    image_name     = local.definition
    image_version  = var.image_version
    dynamic "target_region" {
      for_each = var.azure.regions
      content {
        name                   = target_region.value
        disk_encryption_set_id = lookup(var.azure.disk_encryption_sets, target_region.value, "")
      }
    }
  }
  shared_gallery_image_version_exclude_from_latest = true
  azure_tags                                       = local.tags

  vm_size                = var.azure.vm_size
  secure_boot_enabled    = true
  vtpm_enabled           = true
  security_type          = "TrustedLaunch"
  encryption_at_host     = true
  disk_encryption_set_id = lookup(var.azure.disk_encryption_sets, var.azure.location, "")

  # Without a network of one's own the plugin makes one with a public address.
  virtual_network_resource_group_name    = var.azure_access.public ? "" : var.azure_access.virtual_network.resource_group
  virtual_network_name                   = var.azure_access.public ? "" : var.azure_access.virtual_network.name
  virtual_network_subnet_name            = var.azure_access.public ? "" : var.azure_access.virtual_network.subnet
  private_virtual_network_with_public_ip = false
  allowed_inbound_ip_addresses           = var.azure_access.public ? var.azure_access.cidrs : []

  temporary_key_pair_type   = "ed25519"
  ssh_clear_authorized_keys = true
}

source "amazon-ebs" "image" {
  source_ami = var.vendor.aws
  region     = var.aws.region
  subnet_id  = var.aws.subnet_id

  ami_name                = local.name
  ami_regions             = var.aws.copy_regions
  ami_org_arns            = var.aws.org_arns
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

  ssh_username              = "admin"
  temporary_key_pair_type   = "ed25519"
  ssh_clear_authorized_keys = true
}

source "googlecompute" "image" {
  source_image = var.vendor.google
  project_id   = var.google.project
  zone         = var.google.zone
  subnetwork   = var.google.subnetwork

  image_name   = local.name
  image_family = local.image
  # Labels allow neither capital letters nor dots.
  image_labels            = { for key, value in local.tags : key => replace(value, ".", "-") }
  image_guest_os_features = ["GVNIC", "UEFI_COMPATIBLE", "VIRTIO_SCSI_MULTIQUEUE"]
  dynamic "image_encryption_key" {
    for_each = var.google.kms_key == "" ? [] : [var.google.kms_key]
    content {
      kmsKeyName = image_encryption_key.value
    }
  }

  machine_type                    = var.google.machine_type
  disable_default_service_account = true
  enable_secure_boot              = true
  enable_vtpm                     = true
  enable_integrity_monitoring     = true
  omit_external_ip                = true
  use_iap                         = true

  ssh_username              = "packer"
  temporary_key_pair_type   = "ed25519"
  ssh_clear_authorized_keys = true
}

source "azure-arm" "image" {
  os_type         = "Linux"
  image_publisher = var.vendor.azure.publisher
  image_offer     = var.vendor.azure.offer
  image_sku       = var.vendor.azure.sku
  image_version   = var.vendor.azure.version
  subscription_id = var.azure.subscription
  location        = var.azure.location

  # To the gallery only: with a managed image as well, the manifest would name that one.
  shared_image_gallery_destination {
    subscription   = var.azure.subscription
    resource_group = var.azure.resource_group
    gallery_name   = var.azure.gallery
    image_name     = local.image
    image_version  = var.image_version
    dynamic "target_region" {
      for_each = var.azure.regions
      content {
        name                   = target_region.value
        disk_encryption_set_id = var.azure.disk_encryption_set
      }
    }
  }
  shared_gallery_image_version_exclude_from_latest = true
  azure_tags                                       = local.tags

  vm_size             = var.azure.vm_size
  secure_boot_enabled = true
  vtpm_enabled        = true
  security_type       = "TrustedLaunch"
  encryption_at_host  = true

  temporary_key_pair_type   = "ed25519"
  ssh_clear_authorized_keys = true
}

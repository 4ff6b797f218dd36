locals {
  as_root = "chmod +x {{ .Path }}; sudo env {{ .Vars }} sh -eu {{ .Path }}"
}

build {
  sources = ["source.amazon-ebs.image", "source.googlecompute.image", "source.azure-arm.image"]

  provisioner "file" {
    source      = "${path.root}/files"
    destination = "/tmp"
  }

  provisioner "shell" {
    execute_command = local.as_root
    environment_vars = [
      "IMAGE=${local.image}",
      "IMAGE_VERSION=${var.image_version}",
      "CONTAINER=${var.container}",
    ]
    scripts = [
      "${path.root}/../shared/wait.sh",
      "${path.root}/scripts/install.sh",
      "${path.root}/scripts/container.sh",
      "${path.root}/../shared/test.sh",
      "${path.root}/../shared/sbom.sh",
    ]
  }

  provisioner "file" {
    direction   = "download"
    source      = "/tmp/image-test.tap"
    destination = "${path.root}/image-test-${source.type}-${var.arch}.tap"
  }

  provisioner "file" {
    direction   = "download"
    source      = "/tmp/sbom.cdx.json"
    destination = "${path.root}/sbom-${source.type}-${var.arch}.cdx.json"
  }

  provisioner "shell" {
    execute_command = local.as_root
    scripts         = ["${path.root}/../shared/seal.sh"]
  }

  # Azure's agent keeps an account and keys of its own.
  provisioner "shell" {
    only            = ["azure-arm.image"]
    execute_command = local.as_root
    inline          = ["/usr/sbin/waagent -force -deprovision+user && export HISTSIZE=0 && sync"]
  }

  post-processors {
    post-processor "manifest" {
      output = "${path.root}/packer-manifest.json"
      custom_data = {
        image           = local.image
        version         = var.image_version
        base_image      = var.base.image
        base_version    = var.base.version
        container       = var.container == "boot" ? "" : var.container
        git_sha         = var.git_sha
        git_dirty       = var.git_dirty
        template        = var.template
        template_sha256 = var.template_sha256
        packer_version  = packer.version
        arch            = var.arch
        google_project  = var.google.project
        azure_regions   = join(",", var.azure.regions)
      }
    }
  }
}

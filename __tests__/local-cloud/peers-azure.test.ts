import { holds } from "./holds";

/** As peers.test.ts, on Azure. */

test("azure: empty JSON, scale sets of every kind as targets, and what comes with a network", () =>
  holds(
    `
    resource "azurerm_resource_group" "g" {
      name     = "g"
      location = "westeurope"
    }
    resource "azurerm_virtual_network" "n" {
      name                = "net"
      location            = "westeurope"
      resource_group_name = azurerm_resource_group.g.name
      address_space       = ["10.0.0.0/16"]
      subnet {
        name             = "inside"
        address_prefixes = ["10.0.1.0/24"]
      }
    }
    data "azurerm_subnet" "inside" {
      name                 = "inside"
      virtual_network_name = azurerm_virtual_network.n.name
      resource_group_name  = azurerm_resource_group.g.name
    }
    data "azurerm_network_watcher" "w" {
      name                = "NetworkWatcher_westeurope"
      resource_group_name = "NetworkWatcherRG"
      depends_on          = [azurerm_virtual_network.n]
    }
    resource "azurerm_orchestrated_virtual_machine_scale_set" "v" {
      name                        = "v"
      location                    = "westeurope"
      resource_group_name         = azurerm_resource_group.g.name
      platform_fault_domain_count = 1
      extension {
        name                 = "h"
        publisher            = "Microsoft.ManagedServices"
        type                 = "ApplicationHealthLinux"
        type_handler_version = "1.0"
        settings             = ""
        protected_settings   = ""
      }
    }
    resource "azurerm_monitor_autoscale_setting" "a" {
      name                = "a"
      location            = "westeurope"
      resource_group_name = azurerm_resource_group.g.name
      target_resource_id  = azurerm_orchestrated_virtual_machine_scale_set.v.id
      profile {
        name = "p"
        capacity {
          default = 1
          minimum = 1
          maximum = 2
        }
      }
    }
    resource "azurerm_monitor_data_collection_rule_association" "c" {
      name                        = "configurationAccessEndpoint"
      target_resource_id          = azurerm_orchestrated_virtual_machine_scale_set.v.id
      data_collection_endpoint_id = azurerm_monitor_data_collection_endpoint.e.id
    }
    resource "azurerm_monitor_data_collection_endpoint" "e" {
      name                = "e"
      location            = "westeurope"
      resource_group_name = azurerm_resource_group.g.name
    }
    data "azurerm_virtual_machine_scale_set" "v" {
      name                = azurerm_orchestrated_virtual_machine_scale_set.v.name
      resource_group_name = azurerm_resource_group.g.name
    }
    resource "azurerm_management_lock" "l" {
      name       = "l"
      scope      = azurerm_virtual_network.n.id
      lock_level = "CanNotDelete"
    }
    resource "azurerm_public_ip" "p" {
      name                = "p"
      location            = "westeurope"
      resource_group_name = azurerm_resource_group.g.name
      allocation_method   = "Static"
      domain_name_label   = "shop"
    }`,
    {
      inside: "data.azurerm_subnet.inside.id == tolist(azurerm_virtual_network.n.subnet)[0].id",
      watcher: 'data.azurerm_network_watcher.w.location == "westeurope"',
      set: "data.azurerm_virtual_machine_scale_set.v.id == azurerm_orchestrated_virtual_machine_scale_set.v.id",
      name: 'azurerm_public_ip.p.fqdn == "shop.westeurope.cloudapp.azure.com"',
    },
  ));

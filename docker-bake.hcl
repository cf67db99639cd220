# All images of one build: `npm run images -- build` for this machine, `npm run images -- publish` for a registry. A
# service's image differs from another's in its last lines only, so all of them are built from the same layers.
variable "REGISTRY" { default = "waymark" }
variable "TAG" { default = "latest" }
variable "REVISION" { default = "" }
variable "CREATED" { default = "" }
variable "SOURCE" { default = "" }

group "default" { targets = ["image"] }

target "image" {
  name = service
  matrix = {
    service = ["identity", "catalog", "orders", "inventory", "payments", "psp", "notifications", "gateway", "tools"]
  }
  context = "."
  tags    = ["${REGISTRY}/${service}:${TAG}"]
  args = {
    SERVICE  = service
    REVISION = REVISION
    CREATED  = CREATED
    SOURCE   = SOURCE
  }
}

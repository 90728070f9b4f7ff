// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "fuzz",
    dependencies: [.package(name: "qrpin", path: "../..")],
    targets: [
        .executableTarget(
            name: "Fuzz", dependencies: [.product(name: "Parsers", package: "qrpin"), .product(name: "QRCode", package: "qrpin")])
    ]
)

// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "benchmarks",
    dependencies: [.package(name: "qrpin", path: "../..")],
    targets: [
        .systemLibrary(name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .executableTarget(
            name: "EncoderBenchmark", dependencies: ["CQREncode", .product(name: "QRCode", package: "qrpin")]),
    ]
)

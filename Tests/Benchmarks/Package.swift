// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "benchmarks",
    dependencies: [.package(name: "qrpin", path: "../..")],
    targets: [
        .systemLibrary(name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .target(name: "CInstructions"),
        .executableTarget(
            name: "EncoderBenchmark", dependencies: ["CInstructions", "CQREncode", .product(name: "QRCode", package: "qrpin")]),
    ]
)

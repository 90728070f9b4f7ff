// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "benchmarks",
    dependencies: [.package(name: "qrpin", path: "../..")],
    targets: [
        .systemLibrary(name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .target(
            name: "CZBarPeer", linkerSettings: [.linkedLibrary("turbojpeg"), .linkedLibrary("zbar")]),
        .executableTarget(
            name: "CaptureBenchmark", dependencies: ["CZBarPeer", .product(name: "ScannerRuntime", package: "qrpin")]),
        .executableTarget(
            name: "Soak",
            dependencies: [
                "CZBarPeer", .product(name: "QRCode", package: "qrpin"), .product(name: "ScannerRuntime", package: "qrpin"),
            ]),
        .executableTarget(
            name: "DecoderBenchmark",
            dependencies: [.product(name: "QRCode", package: "qrpin"), .product(name: "ScannerRuntime", package: "qrpin")]),
        .executableTarget(
            name: "EncoderBenchmark", dependencies: ["CQREncode", .product(name: "QRCode", package: "qrpin")]),
    ]
)

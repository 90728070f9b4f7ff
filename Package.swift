// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func pure(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func door(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let jwtKit = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "qrpin",
    products: [
        .executable(name: "qrpin-scan", targets: ["QRPinScan"]),
        .executable(name: "qrpin-kiosk", targets: ["QRPinKiosk"]),
        .executable(name: "qrpin-lifecycle", targets: ["QRPinLifecycle"]),
        .executable(name: "qrpin", targets: ["QRPin"]),
        // For Tests/Fuzz and Tests/Benchmarks, packages of their own.
        .library(name: "QRCode", targets: ["QRCode"]),
        .library(
            name: "ScannerRuntime", targets: ["BarcodeReader", "ScannerJail", "ScannerRuntime", "SymbolLocator", "VideoCapture"]),
        .library(
            name: "Parsers",
            targets: [
                "BadgeSheet", "BarcodeReader", "CommaSeparatedValues", "Credential", "HIDKeypad", "HIDScanner", "InputDevice",
                "KioskRuntime", "LifecycleAPI", "NFCTag", "OSDP", "ScannerProcess", "SecureDynamicMessaging", "SerialKeypad",
                "SerialLine", "SerialScanner", "Settings", "SignInBench", "SymbolLocator", "Verifier", "VideoCapture",
            ]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.6.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.0"),
    ],
    targets: [
        // C: a module map and a shim each.
        .systemLibrary(name: "CArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
        .systemLibrary(name: "CInput"),
        .systemLibrary(name: "CPangoCairo", pkgConfig: "pangocairo", providers: [.apt(["libpango1.0-dev"])]),
        .systemLibrary(name: "CPCSC", pkgConfig: "libpcsclite", providers: [.apt(["libpcsclite-dev"])]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CSeccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),
        .systemLibrary(name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
        .systemLibrary(name: "CUdev", pkgConfig: "libudev", providers: [.apt(["libudev-dev"])]),
        .systemLibrary(name: "CV4L2", pkgConfig: "libv4l2", providers: [.apt(["libv4l-dev"])]),
        .systemLibrary(name: "CVideoOutput"),
        .systemLibrary(name: "CXKBCommon", pkgConfig: "xkbcommon", providers: [.apt(["libxkbcommon-dev"])]),
        .systemLibrary(name: "CZBar", pkgConfig: "zbar", providers: [.apt(["libzbar-dev"])]),

        // Wipes memory as it is freed, in the programs that link it: the one module of C code.
        .target(name: "CWipedHeap"),

        // Pure: no file, socket, clock, thread or logger.
        pure("QRCode"),
        pure("SecureDynamicMessaging", [crypto, cryptoExtras]),
        pure("Credential", ["SecureDynamicMessaging", crypto]),
        .target(
            name: "Verifier", dependencies: ["Credential", "SecureDynamicMessaging"], exclude: ["StateTable.md"],
            swiftSettings: strict),
        .target(name: "AdminPage", resources: [.embedInCode("Page")], swiftSettings: strict),
        pure("SymbolLocator", ["QRCode"]),
        pure("CommaSeparatedValues"),
        pure("Settings", [argumentParser]),
        pure("NFCTag"),
        pure("OSDP", [crypto, cryptoExtras]),
        pure("BadgeSheet", ["CommaSeparatedValues", "QRCode"]),
        pure("LifecycleAPI", ["CommaSeparatedValues", crypto]),
        pure("SignInBench", ["LifecycleAPI", "QRCode", yams]),

        // Edges: one outside thing each.
        pure("VideoCapture", ["CPNG", "CTurboJPEG", "CUdev", "CV4L2"]),
        pure("BarcodeReader", ["CZBar"]),
        pure("SerialLine"),
        pure("SerialKeypad", ["OSDP", "SerialLine", "Verifier"]),
        pure("SerialScanner", ["SerialLine", "Verifier"]),
        pure("InputDevice", ["CInput"]),
        pure("HIDKeypad", ["InputDevice", "SerialKeypad", "Verifier"]),
        pure("HIDScanner", ["CXKBCommon", "InputDevice", "SerialScanner"]),
        pure("SmartCardReader", ["CPCSC", "NFCTag"]),
        pure("PNGWriter", ["CPNG"]),
        pure("VideoOutput", ["CVideoOutput"]),
        pure("BadgePrinter", ["BadgeSheet", "CPangoCairo", "QRCode"]),
        pure("ProcessPrivacy"),
        pure("FilePermissions"),
        pure("ServiceManager", [serviceLifecycle]),
        pure("PrometheusMetrics"),
        pure("ScannerJail", ["CSeccomp"]),
        pure("ScannerProcess", [subprocess, systemPackage]),
        pure("HandOver", ["Credential", serviceLifecycle, subprocess, systemPackage]),
        .target(
            name: "KioskPage", dependencies: [httpTypes, hummingbird, hummingbirdCore, logging, nioCore, serviceLifecycle],
            resources: [.embedInCode("Page")], swiftSettings: strict),
        pure(
            "SignInReporting",
            [
                "Credential", "LifecycleAPI", "SecureDynamicMessaging", "Verifier", crypto, grdb, httpClient, jwtKit, nioCore,
                nioHTTP1, nioSSL,
            ]),
        pure("OfflineStore", ["CArgon2", "Credential", "Verifier", grdb, nioPosix]),
        pure("LifecycleStore", ["Credential", "LifecycleAPI", grdb]),
        pure("LifecycleStorePostgreSQL", ["CPostgreSQL", "LifecycleStore", nioPosix]),

        // Runtime: joins things.
        pure("ScannerRuntime", ["BarcodeReader", "ScannerJail", "SymbolLocator", "VideoCapture"]),
        pure("KioskRuntime", ["Credential", "LifecycleAPI", "NFCTag", "SecureDynamicMessaging", "Verifier", logging]),
        pure(
            "LifecycleService",
            [
                "AdminPage", "CArgon2", "Credential", "LifecycleAPI", "LifecycleStore", "PrometheusMetrics", "QRCode",
                "SecureDynamicMessaging", crypto, httpTypes, hummingbird, hummingbirdCore, jwtKit, logging, nioCore, nioHTTP1,
                nioHTTPTypes, nioPosix, nioSSL,
                serviceLifecycle, unixSignals,
            ]),

        // Doors: main, configuration and wiring.
        door("QRPinScan", ["ProcessPrivacy", "ScannerJail", "ScannerRuntime", "VideoCapture", argumentParser]),
        door(
            "QRPinKiosk",
            [
                "CWipedHeap", "Credential", "HIDKeypad", "HIDScanner", "HandOver", "InputDevice", "KioskPage", "KioskRuntime",
                "LifecycleAPI", "NFCTag", "OfflineStore", "ProcessPrivacy", "PrometheusMetrics", "ScannerProcess", "SerialKeypad",
                "SerialLine", "SerialScanner", "ServiceManager", "Settings", "SignInReporting", "SmartCardReader", "Verifier",
                argumentParser, logging, serviceLifecycle, unixSignals,
            ]),
        door(
            "QRPinLifecycle",
            [
                "CWipedHeap", "Credential", "LifecycleAPI", "LifecycleService", "LifecycleStore", "LifecycleStorePostgreSQL",
                "ProcessPrivacy", "PrometheusMetrics", "ServiceManager", argumentParser, httpClient, logging, nioCore, nioHTTP1,
                nioPosix, serviceLifecycle, unixSignals,
            ]),
        door(
            "QRPin",
            [
                "BadgePrinter", "BadgeSheet", "CommaSeparatedValues", "Credential", "FilePermissions", "InputDevice",
                "LifecycleAPI", "NFCTag", "OSDP", "PNGWriter", "QRCode", "SecureDynamicMessaging", "SerialKeypad", "SerialLine",
                "SerialScanner", "Settings", "SignInBench", "SignInReporting", "SmartCardReader", "Verifier", "VideoOutput",
                argumentParser, subprocess, systemPackage, unixSignals,
            ]),

        // Drives the built service for deploy/test and Tests/Benchmarks. Here, so that it shares the build of what it drives.
        .executableTarget(
            name: "LifecycleLoad", dependencies: ["CArgon2", "Credential", "LifecycleAPI", crypto], path: "Tests/LifecycleLoad"),

        // Independent encoders, for tests alone.
        .systemLibrary(
            name: "CQREncode", path: "Tests/EncoderPeers/CQREncode", pkgConfig: "libqrencode",
            providers: [.apt(["libqrencode-dev"])]),
        .systemLibrary(name: "CZint", path: "Tests/EncoderPeers/CZint", providers: [.apt(["libzint-dev"])]),
        tests("EncoderPeerTests", ["CQREncode", "CZint", "QRCode"]),
        tests("QRCodeTests", ["QRCode"], resources: [.copy("Fixtures")]),
        tests("BadgePrinterTests", ["BadgePrinter", "BadgeSheet", "BarcodeReader", "QRCode", "VideoCapture", subprocess]),
        tests("CredentialTests", ["Credential"]),
        tests("FilePermissionsTests", ["FilePermissions"]),
        tests("PrometheusMetricsTests", ["PrometheusMetrics"]),
        tests("SettingsTests", ["Settings", argumentParser]),
        tests("LifecycleAPITests", ["LifecycleAPI"]),
        tests(
            "SerialTests", ["OSDP", "SerialKeypad", "SerialLine", "SerialScanner", "Verifier"],
            resources: [.copy("Fixtures")]),
        tests("InputDeviceTests", ["HIDKeypad", "HIDScanner", "InputDevice", "SerialKeypad", "SerialScanner", "Verifier"]),
        tests("SignInBenchTests", ["BarcodeReader", "QRCode", "SignInBench", "VideoCapture"]),
        tests("NFCTagTests", ["NFCTag"]),
        tests("SecureDynamicMessagingTests", ["SecureDynamicMessaging"]),
        tests("OSDPTests", ["OSDP", crypto, cryptoExtras], resources: [.copy("Fixtures")]),
        tests("SmartCardReaderTests", ["CPCSC", "SmartCardReader"]),
        tests("ServiceManagerTests", ["ServiceManager", logging, serviceLifecycle]),
        tests("VerifierTests", ["Credential", "Verifier"]),
        tests(
            "ScannerTests",
            [
                "BarcodeReader", "CSeccomp", "CV4L2", "PNGWriter", "QRCode", "ScannerJail", "ScannerRuntime", "SymbolLocator",
                "VideoCapture",
            ],
            resources: [.copy("Fixtures")]),
        tests(
            "KioskTests",
            [
                "CArgon2", "Credential", "KioskRuntime", "LifecycleAPI", "NFCTag", "OfflineStore", "ScannerProcess",
                "SecureDynamicMessaging", "SerialKeypad", "SignInReporting", "Verifier", crypto, grdb, jwtKit,
            ]),
        tests("HandOverTests", ["Credential", "HandOver", logging, serviceLifecycle]),
        tests("KioskPageTests", ["KioskPage", "Verifier", httpClient, logging, nioCore, nioHTTP1, serviceLifecycle]),
        tests("LifecycleStoreTests", ["LifecycleAPI", "LifecycleStore", "LifecycleStorePostgreSQL", grdb]),
        tests(
            "LifecycleServiceTests",
            [
                "Credential", "KioskRuntime", "LifecycleAPI", "LifecycleService", "LifecycleStore", "LifecycleStorePostgreSQL",
                "OfflineStore", "SecureDynamicMessaging", "SignInReporting", "Verifier", crypto, grdb, httpTypes, hummingbird,
                jwtKit, logging, nioCore,
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ], resources: [.copy("Fixtures")]),
    ]
)

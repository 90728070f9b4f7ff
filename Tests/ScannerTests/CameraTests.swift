import CV4L2
import Testing

@testable import VideoCapture

@Suite struct CameraTests {
    @Test(arguments: ["/dev/no-such-camera"])
    func `a camera that is not there is named with its cure`(path: String) {
        let error = #expect(throws: CameraError.self) { _ = try Camera(path: path) }
        #expect(error?.description == "\(path): there is no such camera. Plug it in, or name another device.")
    }

    @Test func `a device that is no camera is told apart`() {
        let error = #expect(throws: CameraError.self) { _ = try Camera(path: "/dev/null") }
        #expect(error?.path == "/dev/null" && error?.description.isEmpty == false)
    }

    // Bits of V4L2's documentation of VIDIOC_QUERYCAP: capture 1, several planes 0x1000, metadata 0x0080_0000, streaming 0x0400_0000,
    // media controller 0x2000_0000.
    @Test(arguments: [
        (0x0420_0001, "uvcvideo", DeviceIdentity.Kind.capture), (0x04A0_0000, "uvcvideo", .other), (0x0000_0001, "bttv", .other),
        (0x2420_0001, "unicam", .pipeline(driver: "unicam")), (0x2420_1000, "rkisp1", .pipeline(driver: "rkisp1")),
        (0x0420_0001, "unicam", .pipeline(driver: "unicam")), (0x0420_0001, "isys", .pipeline(driver: "isys")),
    ])
    func `a camera, its metadata and a pipeline for libcamera differ`(bits: UInt32, driver: String, kind: DeviceIdentity.Kind) {
        #expect(DeviceIdentity.Kind(capabilities: bits, driver: driver) == kind)
    }

    @Test func `no permission names the group`() {
        let error = CameraError(path: "/dev/video0", failure: .noPermission(group: "video"))
        #expect(error.description.contains("belongs to the group video") && error.description.contains("usermod"))
    }
}

@Suite struct CameraWishTests {
    /// What a usual USB 2 webcam offers.
    private let webcam = [
        CameraMode(format: .yuyv, width: 640, height: 480, rate: 30),
        CameraMode(format: .yuyv, width: 1280, height: 720, rate: 10),
        CameraMode(format: .mjpeg, width: 640, height: 480, rate: 30),
        CameraMode(format: .mjpeg, width: 1280, height: 720, rate: 30),
        CameraMode(format: .mjpeg, width: 1920, height: 1080, rate: 30),
        CameraMode(format: .mjpeg, width: 3840, height: 2160, rate: 30),
    ]

    @Test func `the largest picture up to 1080p whose rate holds wins`() {
        #expect(CameraWish().best(of: webcam) == webcam[4])
        #expect(CameraWish().best(of: webcam.filter { $0.width < 1920 }) == webcam[3])
        #expect(CameraWish().best(of: webcam.filter { $0.format == .yuyv }) == webcam[0])
    }

    @Test func `above 720p the rate must be higher, and 29,97 is 30`() {
        let slow = CameraMode(format: .mjpeg, width: 1920, height: 1080, rate: 15)
        #expect(CameraWish().best(of: [webcam[3], slow]) == webcam[3])
        let odd = CameraMode(format: .mjpeg, width: 1280, height: 720, rate: 29.97)
        #expect(CameraWish(rate: 30).best(of: [webcam[1], odd]) == odd)
    }

    @Test func `of the same size the cheapest format wins`() {
        let grey = CameraMode(format: .grey, width: 1280, height: 720, rate: 30)
        let nv12 = CameraMode(format: .nv12, width: 1280, height: 720, rate: 60)
        #expect(CameraWish().best(of: [webcam[3], nv12, grey]) == grey)
    }

    @Test func `a wish is kept to, and what cannot be is nothing`() {
        #expect(CameraWish(width: 3840, height: 2160).best(of: webcam) == webcam[5])
        #expect(CameraWish(format: .yuyv, width: 1280, height: 720).best(of: webcam) == webcam[1])
        #expect(CameraWish(width: 800, height: 600).best(of: webcam) == nil)
        #expect(CameraWish().best(of: []) == nil)
    }

    @Test func `when no rate holds the fastest wins`() {
        let slow = [
            CameraMode(format: .yuyv, width: 1280, height: 720, rate: 5),
            CameraMode(format: .yuyv, width: 640, height: 480, rate: 10),
        ]
        #expect(CameraWish().best(of: slow) == slow[1])
    }
}

@Suite struct CameraControlTests {
    // The kernel's names of UVC controls, and what v4l2-ctl --list-ctrls prints for them.
    @Test(arguments: [
        ("Exposure Time, Absolute", "exposure_time_absolute"), ("Auto Exposure", "auto_exposure"),
        ("Focus, Automatic Continuous", "focus_automatic_continuous"), ("Power Line Frequency", "power_line_frequency"),
        ("White Balance, Automatic", "white_balance_automatic"), ("Gain", "gain"),
    ])
    func `controls have the names that v4l2-ctl prints`(kernel: String, printed: String) {
        #expect(CameraControl.normal(kernel) == printed)
    }

    @Test func `a control is a name and a number`() {
        #expect(CameraControl("gain=7") == CameraControl(name: "gain", value: 7))
        #expect(CameraControl("brightness=-64") == CameraControl(name: "brightness", value: -64))
        for text in ["gain", "gain=", "=7", "gain=high", "gain=99999999999", ""] { #expect(CameraControl(text) == nil) }
    }
}

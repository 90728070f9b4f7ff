import Testing

@testable import VideoCapture

@Suite struct PixelFormatTests {
    @Test func `four-character codes are V4L2's, least byte first`() {
        // linux/videodev2.h: v4l2_fourcc('Y', 'U', 'Y', 'V').
        #expect(PixelFormat.yuyv.fourcc == 0x5659_5559)
        #expect(PixelFormat(fourcc: 0x4747_504A) == nil)
        for format in PixelFormat.allCases { #expect(PixelFormat(fourcc: format.fourcc) == format) }
    }

    @Test(arguments: [
        (PixelFormat.yuyv, [1, 128, 2, 128, 0, 3, 128, 4, 128]), (.uyvy, [128, 1, 128, 2, 0, 128, 3, 128, 4]),
    ])
    func `luma is gathered across the stride`(format: PixelFormat, frame: [UInt8]) throws {
        #expect(try format.luma(of: frame, width: 2, height: 2, stride: 5).luma == [1, 2, 3, 4])
    }

    @Test func `the luma plane of NV12 is taken in place, without its chroma`() throws {
        #expect(
            try PixelFormat.nv12.luma(of: [1, 2, 9, 3, 4, 9, 128, 128], width: 2, height: 2, stride: 3).luma == [1, 2, 3, 4])
    }

    @Test func `a short frame is an error, whatever its format`() {
        for format in PixelFormat.allCases {
            #expect(throws: PictureError.self) { try format.luma(of: [1, 2, 3], width: 2, height: 2, stride: 4) }
        }
    }
}

@Suite struct CameraTests {
    @Test(arguments: ["/dev/no-such-camera"])
    func `a camera that is not there is named with its cure`(path: String) {
        let error = #expect(throws: CameraError.self) { _ = try Camera(path: path) }
        #expect(error?.description == "\(path): there is no such camera. Plug it in, or name another device.")
    }
}

import Foundation
import Testing

@testable import VideoCapture

@Suite struct PixelFormatTests {
    private func luma(_ format: PixelFormat, _ frame: [UInt8], width: Int, height: Int, stride: Int) throws -> [UInt8] {
        var buffer = LumaBuffer()
        return try unsafe buffer.picture(of: frame.span.bytes, format: format, width: width, height: height, stride: stride).luma
    }

    @Test func `four-character codes are V4L2's, least byte first`() {
        // linux/videodev2.h: v4l2_fourcc('Y', 'U', 'Y', 'V').
        #expect(PixelFormat.yuyv.fourcc == 0x5659_5559)
        #expect(PixelFormat(fourcc: 0x4747_504A) == nil)
        for format in PixelFormat.allCases {
            #expect(PixelFormat(fourcc: format.fourcc) == format && PixelFormat(name: format.name.lowercased()) == format)
        }
    }

    @Test(arguments: [
        (PixelFormat.yuyv, [1, 128, 2, 128, 0, 3, 128, 4, 128]), (.uyvy, [128, 1, 128, 2, 0, 128, 3, 128, 4]),
    ])
    func `luma is gathered across the stride`(format: PixelFormat, frame: [UInt8]) throws {
        #expect(try luma(format, frame, width: 2, height: 2, stride: 5) == [1, 2, 3, 4])
    }

    @Test func `luma is gathered at every width, in whole vectors and in their rest`() throws {
        for width in 1...70 {
            let frame = (0..<width * 6).map { UInt8(truncatingIfNeeded: $0 * 7 + 3) }
            for (format, first) in [(PixelFormat.yuyv, 0), (.uyvy, 1)] {
                let expected = stride(from: first, to: frame.count, by: 2).map { frame[$0] }
                #expect(try luma(format, frame, width: width, height: 3, stride: 0) == expected, "\(format) at \(width)")
            }
        }
    }

    @Test func `the luma plane of NV12 is taken in place, without its chroma`() throws {
        #expect(try luma(.nv12, [1, 2, 9, 3, 4, 9, 128, 128], width: 2, height: 2, stride: 3) == [1, 2, 3, 4])
        #expect(try luma(.nv12, [1, 2, 3, 4, 128, 128], width: 2, height: 2, stride: 2) == [1, 2, 3, 4])
    }

    @Test func `a short frame is an error, whatever its format`() {
        for format in PixelFormat.allCases {
            #expect(throws: PictureError.self) { try luma(format, [1, 2, 3], width: 2, height: 2, stride: 4) }
        }
    }

    @Test func `frames take the same memory again, but never that of a picture which is kept`() throws {
        var buffer = LumaBuffer()
        func address(_ picture: LumaPicture) -> UInt {
            unsafe picture.luma.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
        }
        func next(_ value: UInt8) throws -> LumaPicture {
            let frame = [UInt8](repeating: value, count: 100 * 100)
            return try unsafe buffer.picture(of: frame.span.bytes, format: .grey, width: 100, height: 100, stride: 100)
        }
        let addresses = try (0..<5).map { try address(next($0)) }
        #expect(Set(addresses).count == 1)
        let kept = try next(7)
        #expect(try next(8).luma.allSatisfy { $0 == 8 })
        #expect(kept.luma.allSatisfy { $0 == 7 })
    }

    @Test func `a JPEG after a broken one is read, by the same decoder`() throws {
        let file = try [UInt8](Data(contentsOf: URL(filePath: PictureTests.fixture("badge.jpg"))))
        var buffer = LumaBuffer()
        for _ in 0..<3 {
            #expect(throws: PictureError.self) {
                try unsafe buffer.picture(of: Array(file.prefix(100)).span.bytes, format: .mjpeg, width: 9, height: 9, stride: 0)
            }
            let picture = try unsafe buffer.picture(of: file.span.bytes, format: .mjpeg, width: 9, height: 9, stride: 0)
            #expect(picture.width == 1920 && picture.height == 1080)
        }
    }
}

import CTurboJPEG

/// Turns raw frames into luma, in memory that it uses again.
///
/// A picture that the caller keeps stays as it is; only then does the next one take new memory.
@safe public struct LumaBuffer: ~Copyable {
    private var luma: [UInt8] = []
    /// TurboJPEG's decompressor, made for the first JPEG.
    private var decoder: tjhandle?

    public init() {}

    deinit { if let decoder = unsafe decoder { unsafe tjDestroy(decoder) } }

    /// The luma of a frame whose rows are `stride` bytes apart, or as long as their pixels when that is more.
    ///
    /// A JPEG has the sides that it says itself. Throws when the frame is short or broken.
    public mutating func picture(
        of frame: RawSpan, format: PixelFormat, width: Int, height: Int, stride: Int
    ) throws(PictureError) -> LumaPicture {
        guard let layout = format.layout else { return try picture(jpeg: frame) }
        guard width > 0, height > 0, frame.byteCount >= format.leastBytes(width: width, height: height, stride: stride) else {
            throw .broken("the frame is short")
        }
        fit(width * height)
        let stride = max(stride, width * layout.step)
        unsafe frame.withUnsafeBytes { source in
            unsafe luma.withUnsafeMutableBytes { target in
                if layout.step == 1, stride == width {
                    unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<target.count]))
                    return
                }
                for y in 0..<height {
                    let row = unsafe UnsafeRawBufferPointer(rebasing: source[(y * stride)...].prefix(width * layout.step))
                    let luma = unsafe UnsafeMutableRawBufferPointer(rebasing: target[(y * width)...].prefix(width))
                    if layout.step == 1 {
                        unsafe luma.copyMemory(from: row)
                    } else {
                        unsafe Self.gather(row, from: layout.first, into: luma)
                    }
                }
            }
        }
        return LumaPicture(width: width, height: height, luma: luma)
    }

    /// Every second byte. Sixteen pixels at once: their low or high bytes, narrowed, are what the processor's vectors do best.
    @inline(__always) private static func gather(
        _ row: UnsafeRawBufferPointer, from first: Int, into luma: UnsafeMutableRawBufferPointer
    ) {
        var x = 0
        while x &+ 16 <= luma.count {
            var pairs = unsafe SIMD16<UInt16>(littleEndianBytes: row, at: 2 &* x)
            if first == 1 { pairs &>>= 8 }
            unsafe luma.storeBytes(of: SIMD16<UInt8>(truncatingIfNeeded: pairs), toByteOffset: x, as: SIMD16<UInt8>.self)
            x &+= 16
        }
        while x < luma.count {
            unsafe luma[x] = row[2 &* x &+ first]
            x &+= 1
        }
    }

    /// The luma plane alone; the colours are never converted.
    mutating func picture(jpeg bytes: RawSpan) throws(PictureError) -> LumaPicture {
        if unsafe decoder == nil { unsafe decoder = tjInitDecompress() }
        guard let decoder = unsafe decoder else { throw .broken("JPEG: out of memory") }
        do throws(PictureError) {
            return try unsafe decode(bytes, decoder)
        } catch {
            // A decoder is not fit for the next picture after every kind of broken one.
            unsafe tjDestroy(decoder)
            unsafe self.decoder = nil
            throw error
        }
    }

    private mutating func decode(_ bytes: RawSpan, _ decoder: tjhandle) throws(PictureError) -> LumaPicture {
        var (width, height, subsampling, colours): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
        let isHeader = unsafe bytes.withUnsafeBytes {
            unsafe tjDecompressHeader3(
                decoder, $0.baseAddress, UInt($0.count), &width, &height, &subsampling, &colours) == 0
        }
        guard isHeader else { throw .broken(unsafe "JPEG: " + String(cString: tjGetErrorStr2(decoder))) }
        let sides = 1...Int32(LumaPicture.longestSide)
        guard sides.contains(width), sides.contains(height) else { throw .tooLarge }
        fit(Int(width) * Int(height))
        let status = unsafe bytes.withUnsafeBytes {
            unsafe tjDecompress2(
                decoder, $0.baseAddress, UInt($0.count), &luma, width, 0, height, Int32(TJPF_GRAY.rawValue), 0)
        }
        // A warning leaves a picture that can still be read, as a camera's cut frame often can; an error leaves none.
        guard unsafe status == 0 || tjGetErrorCode(decoder) == Int32(TJERR_WARNING.rawValue) else {
            throw .broken(unsafe "JPEG: " + String(cString: tjGetErrorStr2(decoder)))
        }
        return LumaPicture(width: Int(width), height: Int(height), luma: luma)
    }

    private mutating func fit(_ count: Int) {
        if luma.count != count { luma = [UInt8](repeating: 0, count: count) }
    }
}

extension SIMD16<UInt16> {
    fileprivate init(littleEndianBytes bytes: UnsafeRawBufferPointer, at offset: Int) {
        self = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: Self.self)
        #if _endian(big)
            for lane in indices { self[lane] = UInt16(littleEndian: self[lane]) }
        #endif
    }
}

import CPostgreSQL
import LifecycleStore

// Binary forms of the few types that the store has (PostgreSQL manual §55.7 Bind; send and receive functions of each type): integers
// are big-endian, text is UTF-8, bytea is the bytes. The object ids are those of pg_type.dat.

private enum Type {
    static let bool: Oid = 16, bytea: Oid = 17, name: Oid = 19, int8: Oid = 20, int2: Oid = 21, int4: Oid = 23, text: Oid = 25
    static let varchar: Oid = 1043
}

/// The values of a statement, one behind the other in memory.
struct BinaryParameters {
    private var storage: [UInt8] = []
    /// Where each value begins; nil for NULL.
    private var starts: [Int?] = []
    private var lengths: [Int32] = []

    /// Throws when a value is not of the type that the statement has at its place.
    init(_ values: [SQLValue], types: [Oid]) throws {
        guard values.count == types.count else {
            throw PostgreSQLError(sqlState: "08P01", message: "\(values.count) values for \(types.count) parameters")
        }
        for (value, type) in zip(values, types) {
            let start = storage.count
            switch (value, type) {
            case (.null, _): break
            case (.integer(let number), Type.int8): storage.append(bigEndian: number)
            case (.integer(let number), Type.int4): storage.append(bigEndian: Int32(clamping: number))
            case (.text(let text), Type.text), (.text(let text), Type.varchar): storage += text.utf8
            case (.bytes(let bytes), Type.bytea): storage += bytes
            default: throw PostgreSQLError(sqlState: "42804", message: "another kind of value than the parameter's, \(type)")
            }
            starts.append(value == .null ? nil : start)
            lengths.append(Int32(storage.count - start))
        }
        // Empty values point here: NULL would mean another thing.
        storage.append(0)
    }

    /// Lends the arrays that PQexecPrepared() takes; 1 is the binary format.
    func withPointers<Result>(
        _ body: (_ values: [UnsafePointer<CChar>?], _ lengths: [Int32], _ formats: [Int32]) -> Result
    ) -> Result {
        unsafe storage.withUnsafeBytes { bytes in
            let values = unsafe starts.map { start in
                unsafe start.flatMap { unsafe bytes.baseAddress?.advanced(by: $0).assumingMemoryBound(to: CChar.self) }
            }
            return unsafe body(values, lengths, Array(repeating: 1, count: starts.count))
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(bigEndian number: some FixedWidthInteger) {
        unsafe Swift.withUnsafeBytes(of: number.bigEndian) { unsafe append(contentsOf: $0) }
    }
}

extension SQLValue {
    /// Nil for a type that the store does not have.
    init?(_ bytes: UnsafeRawBufferPointer, type: Oid) {
        switch type {
        case Type.int8, Type.int4, Type.int2:
            // The sign is in the first byte.
            let sign: Int64 = unsafe bytes.first.map { $0 >= 0x80 ? -1 : 0 } ?? 0
            self = .integer(unsafe bytes.reduce(sign) { $0 << 8 | Int64($1) })
        case Type.bool: self = .integer(unsafe bytes.first == 1 ? 1 : 0)
        case Type.text, Type.varchar, Type.name: self = .text(unsafe String(decoding: bytes, as: UTF8.self))
        case Type.bytea: self = .bytes(unsafe Array(bytes))
        default: return nil
        }
    }
}

import ArgumentParser
import QRCode

/// A badge as a camera of this resolution sees it from near: as large as whole pixels per module allow, on a grey ground.
struct CameraScene {
    let width: Int
    let height: Int

    func raster(of symbol: any ModuleGrid) throws -> GreyRaster {
        let modules = symbol.size + 2 * type(of: symbol).quietZone
        let scale = min(width, height) / modules
        guard scale > 0 else {
            throw ValidationError(
                "a frame of \(width)x\(height) is too small: this text needs at least \(modules) pixels each way.")
        }
        return symbol.greyRaster(pixelsPerModule: scale).centred(inWidth: width, height: height, ground: 200)
    }
}

/// This program's version, as kiosks report it.
public enum Release {
    public static let version = "0.1.0"
}

public import FoundationEssentials

/// How long a code is locked after wrong PINs: the same at the service and at a kiosk that checks PINs by itself.
public enum GuessLock {
    /// Wrong PINs of a code at a kiosk until it locks there.
    public static let perKiosk = 5
    /// When the last PIN of so many badges was wrong at one kiosk within the time, it takes no PIN for a while. Ten in ten minutes is more
    /// than a shift's mistakes: those are mended by the right PIN, and then count no more.
    public static let failingBadges = 10
    public static let failingTime: TimeInterval = 600
    public static let coolingTime: TimeInterval = 300

    /// The lock that the nth wrong PIN brings where `limit` lock: 30 s, doubling to an hour.
    public static func seconds(afterGuess number: Int, limit: Int = perKiosk) -> TimeInterval? {
        number < limit ? nil : TimeInterval(min(3600, 30 << min(number - limit, 7)))
    }
}

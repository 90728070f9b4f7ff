import Foundation

/// Drives built services over HTTP on loopback: how fast they are, and that nothing is lost or doubled when they are killed.
@main enum LifecycleLoad {
    static let usage = """
        usage: LifecycleLoad speed                       rates and memory of the service on SQLite; fails below a must
               LifecycleLoad kill [ROUNDS]               kill -9 under load on SQLite, 200 times
               LifecycleLoad side-by-side URL            four services on one PostgreSQL server, one of them killed
        """

    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            switch (arguments.first, arguments.count) {
            case ("speed", 1): try Speed().run()
            case ("kill", 1...2): try Kill(rounds: arguments.dropFirst().first.flatMap { Int($0) } ?? 200).run()
            case ("side-by-side", 2): try SideBySide(address: arguments[1]).run()
            default:
                print(usage)
                exit(2)
            }
        } catch {
            print("FAIL \(error)")
            exit(1)
        }
    }
}

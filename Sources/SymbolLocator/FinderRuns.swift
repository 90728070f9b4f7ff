/// The five runs of a cut through a finder pattern.
struct FinderRuns {
    /// Nil when the runs are not 1 : 1 : 3 : 1 : 1.
    let module: Float?

    /// Blur, ink and halation make all dark runs narrower or wider by about the same; that bias is taken out first.
    /// When `isBare`, one of the outer runs may be longer than a module.
    init(_ first: Float, _ second: Float, _ middle: Float, _ fourth: Float, _ fifth: Float, isBare: Bool) {
        var (first, fifth) = (first, fifth)
        if isBare {
            if first > fifth { first = min(first, middle / 3) } else { fifth = min(fifth, middle / 3) }
        }
        let bias = (second + fourth - first - fifth) / 4
        let module = (first + second + middle + fourth + fifth + bias) / 7
        let slack = 0.45 * module + 0.25
        let isPattern =
            abs(middle + bias - 3 * module) < 1.5 * slack && abs(first + bias - module) < slack
            && abs(second - bias - module) < slack && abs(fourth - bias - module) < slack && abs(fifth + bias - module) < slack
            && abs(bias) < 0.7 * module
        self.module = isPattern ? module : nil
    }
}

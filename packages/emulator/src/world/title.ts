/** A title as rich messages carry it. */
export function title(text: string): object {
  return {
    itemType: 'TitleItem',
    title: text,
    subTitle: null,
    secondarySubTitle: null,
    tertiarySubTitle: null,
    referenceId: null,
  }
}

// Guest keyboard layouts: which key makes which character, by row of the keyboard. Written from the layouts of X11, without what only X11 has.

/** Rows from the digits down to the bottom; `·` is nothing, `dead_…` waits for the next key. */
export interface LayoutTable {
  readonly id: string
  readonly name: string
  readonly plain: readonly [string, string, string, string]
  readonly shift: readonly [string, string, string, string]
  readonly altGr: readonly [string, string, string, string]
  readonly shiftAltGr: readonly [string, string, string, string]
}

export const layoutTables = [
  {
    id: 'us',
    name: 'English (US)',
    plain: ['` 1 2 3 4 5 6 7 8 9 0 - =', 'q w e r t y u i o p [ ]', "a s d f g h j k l ; ' \\", '· z x c v b n m , . /'],
    shift: ['~ ! @ # $ % ^ & * ( ) _ +', 'Q W E R T Y U I O P { }', 'A S D F G H J K L : " |', '· Z X C V B N M < > ?'],
    altGr: ['', '', '', ''],
    shiftAltGr: ['', '', '', ''],
  },
  {
    id: 'gb',
    name: 'English (UK)',
    plain: ['` 1 2 3 4 5 6 7 8 9 0 - =', 'q w e r t y u i o p [ ]', "a s d f g h j k l ; ' #", '\\ z x c v b n m , . /'],
    shift: ['¬ ! " £ $ % ^ & * ( ) _ +', 'Q W E R T Y U I O P { }', 'A S D F G H J K L : @ ~', '| Z X C V B N M < > ?'],
    altGr: ['· · ² ³ € · · · · · · · dead_cedilla', '· · · · · · · · · · dead_diaeresis dead_tilde', '· · · · · · · · · dead_acute dead_circumflex dead_grave', '· · · · · · · µ'],
    shiftAltGr: ['· · · · · · · · · · °', '· §', '', '¦'],
  },
  {
    id: 'in',
    name: 'English (India)',
    plain: ['` 1 2 3 4 5 6 7 8 9 0 - =', 'q w e r t y u i o p [ ]', "a s d f g h j k l ; ' \\", '· z x c v b n m , . /'],
    shift: ['~ ! @ # $ % ^ & * ( ) _ +', 'Q W E R T Y U I O P { }', 'A S D F G H J K L : " |', '· Z X C V B N M < > ?'],
    altGr: ['· · · · ₹', '', '', ''],
    shiftAltGr: ['', '', '', ''],
  },
  {
    id: 'de',
    name: 'German',
    plain: ['dead_circumflex 1 2 3 4 5 6 7 8 9 0 ß dead_acute', 'q w e r t z u i o p ü +', 'a s d f g h j k l ö ä #', '< y x c v b n m , . -'],
    shift: ['° ! " § $ % & / ( ) = ? dead_grave', 'Q W E R T Z U I O P Ü *', "A S D F G H J K L Ö Ä '", '> Y X C V B N M ; : _'],
    altGr: ['· · ² ³ · · ¬ { [ ] } \\ dead_cedilla', '@ · € · · · · · · · dead_diaeresis ~', '', '| · · · · · · µ'],
    shiftAltGr: ['· · · £', '· · €', '', ''],
  },
  {
    id: 'ch',
    name: 'German (Switzerland)',
    plain: ["§ 1 2 3 4 5 6 7 8 9 0 ' dead_circumflex", 'q w e r t z u i o p ü dead_diaeresis', 'a s d f g h j k l ö ä $', '< y x c v b n m , . -'],
    shift: ['° + " * ç % & / ( ) = ? dead_grave', 'Q W E R T Z U I O P è !', 'A S D F G H J K L é à £', '> Y X C V B N M ; : _'],
    altGr: ['¬ | @ # · · ¬ | · ] } dead_acute dead_tilde', '@ · € · · · · · · · [ ]', '· · · · · · · · · dead_acute { }', '\\ · · · · · · µ'],
    shiftAltGr: ['¬', '', '', '¦'],
  },
  {
    id: 'fr',
    name: 'French',
    plain: ['² & é " \' ( - è _ ç à ) =', 'a z e r t y u i o p dead_circumflex $', 'q s d f g h j k l m ù *', '< w x c v b n , ; : !'],
    shift: ['~ 1 2 3 4 5 6 7 8 9 0 ° +', 'A Z E R T Y U I O P dead_diaeresis £', 'Q S D F G H J K L M % µ', '> W X C V B N ? . / §'],
    altGr: ['¬ · · # { [ | ` \\ ^ @ ] }', '· · €', '@ · · · · · · · · · · dead_grave', '| · · · · · · dead_acute'],
    shiftAltGr: ['¬', '', '', '¦'],
  },
  {
    id: 'be',
    name: 'French (Belgium)',
    plain: ['² & é " \' ( § è ! ç à ) -', 'a z e r t y u i o p dead_circumflex $', 'q s d f g h j k l m ù µ', '< w x c v b n , ; : ='],
    shift: ['³ 1 2 3 4 5 6 7 8 9 0 ° _', 'A Z E R T Y U I O P dead_diaeresis *', 'Q S D F G H J K L M % £', '> W X C V B N ? . / +'],
    altGr: ['¬ | @ # · · ^ { [ { } \\ dead_cedilla', '@ · € · · · · · · · [ ]', '· · · · · · · · · dead_acute dead_acute dead_grave', '\\ · · · · · · dead_cedilla · · dead_tilde'],
    shiftAltGr: ['¬', '', '', '\\'],
  },
  {
    id: 'es',
    name: 'Spanish',
    plain: ["º 1 2 3 4 5 6 7 8 9 0 ' ¡", 'q w e r t y u i o p dead_grave +', 'a s d f g h j k l ñ dead_acute ç', '< z x c v b n m , . -'],
    shift: ['ª ! " · $ % & / ( ) = ? ¿', 'Q W E R T Y U I O P dead_circumflex *', 'A S D F G H J K L Ñ dead_diaeresis Ç', '> Z X C V B N M ; : _'],
    altGr: ['\\ | @ # ~ · ¬ { [ ] } \\ dead_cedilla', '@ · € · · · · · · · [ ]', '· · · · · · · · · dead_tilde { }', '| · · · · · · µ'],
    shiftAltGr: ['\\ · · £ · · · · · · °', '· §', '', '¦'],
  },
  {
    id: 'latam',
    name: 'Spanish (Latin America)',
    plain: ["| 1 2 3 4 5 6 7 8 9 0 ' ¿", 'q w e r t y u i o p dead_acute +', 'a s d f g h j k l ñ { }', '< z x c v b n m , . -'],
    shift: ['° ! " # $ % & / ( ) = ? ¡', 'Q W E R T Y U I O P dead_diaeresis *', 'A S D F G H J K L Ñ [ ]', '> Z X C V B N M ; : _'],
    altGr: ['¬ · @ · ~ · ¬ · · · · \\ dead_cedilla', '@ · € · · · · · · · · ~', '· · · · · · · · · ~ dead_circumflex dead_grave', '\\ · · · · · · µ'],
    shiftAltGr: ['¬ · · £', '· §', '', ''],
  },
  {
    id: 'it',
    name: 'Italian',
    plain: ["\\ 1 2 3 4 5 6 7 8 9 0 ' ì", 'q w e r t y u i o p è +', 'a s d f g h j k l ò à ù', '< z x c v b n m , . -'],
    shift: ['| ! " £ $ % & / ( ) = ? ^', 'Q W E R T Y U I O P é *', 'A S D F G H J K L ç ° §', '> Z X C V B N M ; : _'],
    altGr: ['¬ · ² ³ · · ¬ { [ ] } ` ~', '@ · € · · · · · · · [ ]', '· · · · · · · · · @ # dead_grave', '· · · · · · ñ µ dead_acute'],
    shiftAltGr: ['¦ · · dead_tilde · · · · · · · · dead_circumflex', '· · · · · · · · · · { }', '· · · · · · · · · dead_cedilla', '· · · · · · Ñ · · dead_diaeresis'],
  },
  {
    id: 'pt',
    name: 'Portuguese',
    plain: ["\\ 1 2 3 4 5 6 7 8 9 0 ' «", 'q w e r t y u i o p + dead_acute', 'a s d f g h j k l ç º dead_tilde', '< z x c v b n m , . -'],
    shift: ['| ! " # $ % & / ( ) = ? »', 'Q W E R T Y U I O P * dead_grave', 'A S D F G H J K L Ç ª dead_circumflex', '> Z X C V B N M ; : _'],
    altGr: ['¬ · @ £ § · ¬ { [ ] } · dead_cedilla', '@ · € · · · · · · · dead_diaeresis', '', '· · · · · · · µ'],
    shiftAltGr: ['¬ · · £ · · · · · · °', '· §', '', ''],
  },
  {
    id: 'se',
    name: 'Swedish, Finnish',
    plain: ['§ 1 2 3 4 5 6 7 8 9 0 + dead_acute', 'q w e r t y u i o p å dead_diaeresis', "a s d f g h j k l ö ä '", '< z x c v b n m , . -'],
    shift: ['½ ! " # ¤ % & / ( ) = ? dead_grave', 'Q W E R T Y U I O P Å dead_circumflex', 'A S D F G H J K L Ö Ä *', '> Z X C V B N M ; : _'],
    altGr: ['· · @ £ $ € · { [ ] } \\', '@ · € · · · · · · · · dead_tilde', '', '| · · · · · · µ dead_cedilla'],
    shiftAltGr: ['· · ² ³ · · · · · · ° · ¬', '', '', '¦'],
  },
  {
    id: 'no',
    name: 'Norwegian',
    plain: ['| 1 2 3 4 5 6 7 8 9 0 + \\', 'q w e r t y u i o p å dead_diaeresis', "a s d f g h j k l ø æ '", '< z x c v b n m , . -'],
    shift: ['§ ! " # ¤ % & / ( ) = ? dead_grave', 'Q W E R T Y U I O P Å dead_circumflex', 'A S D F G H J K L Ø Æ *', '> Z X C V B N M ; : _'],
    altGr: ['¦ · @ £ $ · · { [ ] } · dead_acute', '@ · € · · · · · · · · dead_tilde', '· · · · · · · · · dead_acute', '· · · · · · · µ dead_cedilla'],
    shiftAltGr: ['· · ² ³ · · · · · · ° · ¬', '', '', ''],
  },
  {
    id: 'dk',
    name: 'Danish',
    plain: ['½ 1 2 3 4 5 6 7 8 9 0 + dead_acute', 'q w e r t y u i o p å dead_diaeresis', "a s d f g h j k l æ ø '", '< z x c v b n m , . -'],
    shift: ['§ ! " # ¤ % & / ( ) = ? dead_grave', 'Q W E R T Y U I O P Å dead_circumflex', 'A S D F G H J K L Æ Ø *', '> Z X C V B N M ; : _'],
    altGr: ['· · @ £ $ · · { [ ] } · |', '@ · € · · · · · · · · dead_tilde', '', '\\ · · · · · · µ dead_cedilla'],
    shiftAltGr: ['· · ² ³ · · · · · · ° · ¦', '', '', '¬'],
  },
] as const satisfies readonly LayoutTable[]
